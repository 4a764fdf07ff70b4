/**
 * The levels of the house: a folder imports what is below it, never what is above or beside it.
 *
 *   0 base   1 otlp, shared-memory   2 config   3 ingest, workers, produce, observe, admin
 *   4 engine.ts and what stands beside it in src   5 cli, index.ts
 */
const ENGINE = '(?!index[.])[^/]+[.]ts$'
const STAGES = 'ingest|workers|produce|observe|admin'

/** `folder` may import, of src, only itself and `allowed`. */
function level(name, folder, allowed) {
  return {
    name: `level-${name}`,
    severity: 'error',
    from: { path: `^src/(?:${folder})` },
    to: { path: '^src/', pathNot: `^src/(?:${[folder, ...allowed].join('|')})` },
  }
}

module.exports = {
  forbidden: [
    level('base', 'base/', []),
    level('otlp', 'otlp/', ['base/']),
    level('shared-memory', 'shared-memory/', ['base/']),
    level('config', 'config/', ['base/', 'otlp/', 'shared-memory/']),
    {
      name: 'level-stages',
      severity: 'error',
      comment: 'The stages know the shared structures, never each other and nothing above.',
      from: { path: `^src/(${STAGES})/` },
      to: { path: '^src/', pathNot: '^src/(?:$1|base|otlp|shared-memory|config)/' },
    },
    level('engine', ENGINE, [
      'base/',
      'otlp/',
      'shared-memory/',
      'config/',
      ...STAGES.split('|').map((stage) => `${stage}/`),
    ]),
    // The command line runs what the library offers.
    level('cli', 'cli/', ['base/', 'config/', ENGINE, 'index[.]ts']),
    level('index', 'index[.]ts', ['base/', 'config/', ENGINE]),
    {
      name: 'product-alone',
      severity: 'error',
      comment: 'What is packed does not depend on what is not.',
      from: { path: '^src/' },
      to: { path: '^(?:test|bench|scripts)/' },
    },
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^\\$|^assemblyscript' } },
  ],
  options: {
    // Imports of types count: a cycle of types is a cycle of thought.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/otlp/kernel/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}

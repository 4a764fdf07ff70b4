/**
 * URL of a module that stands beside the caller, for `new Worker`: the compiled file in dist, the source when the caller
 * itself runs as TypeScript (tests). Import specifiers are rewritten by the compiler, strings are not.
 *
 * @param moduleUrl the caller's `import.meta.url`; @param name file name without extension
 */
export function siblingUrl(moduleUrl: string, name: string): URL {
  return new URL(`./${name}${moduleUrl.endsWith('.ts') ? '.ts' : '.js'}`, moduleUrl)
}

/** A file of the repository as the rules see it: its text, and for TypeScript its syntax tree. */
import ts from 'typescript'

export class SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string
  readonly text: string
  #tree: ts.SourceFile | undefined

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
  }

  get isTypeScript(): boolean {
    return this.path.endsWith('.ts')
  }

  /** Parsed when first asked for; parsing is most of the work of the whole check. */
  get tree(): ts.SourceFile {
    this.#tree ??= ts.createSourceFile(this.path, this.text, ts.ScriptTarget.Latest, true)
    return this.#tree
  }

  lineOf(node: ts.Node): number {
    return this.tree.getLineAndCharacterOfPosition(node.getStart(this.tree)).line + 1
  }

  isUnder(...folders: readonly string[]): boolean {
    return folders.some((folder) => this.path.startsWith(`${folder}/`))
  }
}

/** Every node below and including `node`, parents first. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node
  const children: ts.Node[] = []
  ts.forEachChild(node, (child) => {
    children.push(child)
  })
  for (const child of children) yield* nodesOf(child)
}

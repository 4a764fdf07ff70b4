/** Nothing is left for later in the code: it is done, or it is an issue. */
import type { Finding } from './finding.ts'
import type { SourceFile } from './source-file.ts'

/** Put together here, so that this file does not break its own law. */
const MARKER = new RegExp(`\\b(?:${['FIX' + 'ME', 'TO' + 'DO', 'XX' + 'X'].join('|')})\\b`)

export function checkMarkers(files: readonly SourceFile[]): Finding[] {
  return files
    .filter(({ path }) => path !== 'package-lock.json')
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => {
        const marker = MARKER.exec(line)?.[0]
        if (marker === undefined) return []
        return [{ path, line: index + 1, rule: 'markers', text: `${marker}: do it or open an issue` }]
      }),
    )
}

import { expect, test } from 'vitest'
import { siblingUrl } from '../../../src/base/sibling-url.ts'

test('a source finds the source beside it, a compiled file the compiled one', () => {
  expect(siblingUrl('file:///a/src/workers/pool.ts', 'task').href).toBe('file:///a/src/workers/task.ts')
  expect(siblingUrl('file:///a/dist/src/workers/pool.js', 'task').href).toBe('file:///a/dist/src/workers/task.js')
})

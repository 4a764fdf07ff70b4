/** otlp.json.lenient: what the Collector also takes. Without it both are as the specification has them (json-meaning.test.ts). */
import { expect, it } from 'vitest'
import { conformanceScene, JSON_TYPE } from './bed/scene.ts'

const scene = conformanceScene({ 'otlp.json.lenient': 'true' })

it('[C86 C88] with otlp.json.lenient keys in snake_case and names of enum values are taken, and what is no name is refused', async () => {
  const span = (members: string): string => `{"resource_spans":[{"scope_spans":[{"spans":[{${members}}]}]}]}`
  const taken = span('"trace_id":"0AF7651916CD43DD8448EB211C80319C","name":"n","kind":"SPAN_KIND_SERVER"')
  const answer = await scene.post('traces', taken, JSON_TYPE)
  expect([answer.status, String(answer.body)]).toEqual([200, '{}'])
  const [record] = await scene.records('traces')
  expect(JSON.parse(String(record!.payload))).toEqual({
    resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: '0af7651916cd43dd8448eb211c80319c', name: 'n', kind: 2 }] }] }],
  })
  expect((await scene.post('traces', span('"kind":"SPAN_KIND_OTHER"'), JSON_TYPE)).status).toBe(400)
})

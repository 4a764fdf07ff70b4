/** Cross-origin requests of browsers, when they are switched on. That they are off by default stands in http-framing.test.ts. */
import { expect, it } from 'vitest'
import { usualBody } from './bed/bodies.ts'
import { curl } from './bed/curl.ts'
import { conformanceScene, HTTP_PATHS } from './bed/scene.ts'

const ALLOWED = 'https://app.example.com'
const OTHER = 'https://evil.example.com'

const scene = conformanceScene({ 'otlp.http.cors.allowed.origins': ALLOWED })

function preflight(origin: string) {
  const headers = [
    `Origin: ${origin}`,
    'Access-Control-Request-Method: POST',
    'Access-Control-Request-Headers: content-type',
  ]
  return curl(`http://${scene.http}${HTTP_PATHS.traces}`, { method: 'OPTIONS', headers })
}

function send(origin: string) {
  const headers = [`Origin: ${origin}`, 'Content-Type: application/x-protobuf']
  return curl(`http://${scene.http}${HTTP_PATHS.traces}`, { headers, body: usualBody('traces') })
}

it('[B090 B060] a page of an allowed origin may send and read the answer', async () => {
  const [permission] = await preflight(ALLOWED)
  expect(permission).toMatchObject({
    status: 204,
    headers: {
      'access-control-allow-origin': ALLOWED,
      'access-control-allow-methods': expect.stringContaining('POST'),
      'access-control-allow-headers': expect.stringContaining('content-type'),
    },
  })
  const [answer] = await send(ALLOWED)
  expect(answer).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': ALLOWED } })
})

it('[B090] a page of another origin is not told that it may', async () => {
  for (const [answer] of [await preflight(OTHER), await send(OTHER)]) {
    expect(answer!.headers['access-control-allow-origin']).toBeUndefined()
  }
})

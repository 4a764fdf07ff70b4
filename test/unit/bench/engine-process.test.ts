import { describe, expect, it } from 'vitest'
import { EngineProcess, parseAddresses } from '../../../bench/engine-process.ts'

const READY =
  'ts=now level=info event=engine_ready grpc=127.0.0.1:1 http=127.0.0.1:2 metrics=127.0.0.1:3 health=127.0.0.1:4'

function command(script: string): string[] {
  return [process.execPath, '-e', script, '--']
}

describe('the engine as a process', () => {
  it('is ready when it says so, at the addresses it says', async () => {
    const script = `process.on('SIGTERM', () => process.exit(0)); console.log('${READY}'); setInterval(() => {}, 1000)`
    const engine = await EngineProcess.start({ settings: {}, command: command(script) })
    expect(engine.addresses).toEqual({
      grpc: 'http://127.0.0.1:1',
      http: 'http://127.0.0.1:2',
      metrics: 'http://127.0.0.1:3',
    })
    expect(await engine.stop()).toBe(0)
  })

  it('tells the exit code and the last words of one that ends before it is ready', async () => {
    const script = 'console.error("no such broker"); process.exit(7)'
    const start = EngineProcess.start({ settings: {}, command: command(script) })
    await expect(start).rejects.toThrow(/ended with 7\n.*no such broker/s)
  })

  it('passes settings on over the free ports', async () => {
    const script = 'console.error(process.argv.slice(1).join(" ")); process.exit(1)'
    const start = EngineProcess.start({ settings: { 'otlp.http.port': '5', a: 'b=c' }, command: command(script) })
    await expect(start).rejects.toThrow(/--set otlp\.http\.port=5 .*--set a=b=c/)
  })
})

describe('engine_ready', () => {
  it('must name both receivers', () => {
    expect(() => parseAddresses('event=engine_ready http=127.0.0.1:2')).toThrow('http and grpc')
  })
})

/**
 * End-to-end rounds by hand, with the CPU of every thread: the tool for tuning.
 *
 *   scripts/with-node.sh bench/engine-run.ts [--rounds N] [--kafka HOST:PORT] [--set KEY=VALUE]... [LOAD FLAG]...
 *   e.g. --protocol http --set otlp.message.format=protobuf --duration-s 5 --rate 1000
 *
 * Load flags: load/options.ts. Without --kafka a broker is started for the run; `npm run kafka -- up` keeps one.
 */
import { startBenchKafka } from './bench-kafka.ts'
import { type KafkaRound, runRound } from './end-to-end.ts'
import { parseRunArguments, type RunArguments } from './run-arguments.ts'

function printRound({
  load,
  cpu,
  cpuUsPerItem,
  memory,
  outBytesPerS,
  acceptedRequests,
  kafkaRecords,
}: KafkaRound): void {
  const lines = [
    `items/s ${load.itemsPerS.toFixed(0)}  requests/s ${load.requestsPerS.toFixed(0)}  cpu us/item ${cpuUsPerItem.toFixed(3)}` +
      `  (user ${((100 * cpu.userS) / cpu.cpuS).toFixed(0)} %)  cores ${(cpu.cpuS / cpu.elapsedS).toFixed(2)}`,
    `latency ms ${JSON.stringify(load.latencyMs)}  late ms p99 ${load.lateMs.p99}  unsent ${load.unsent}`,
    `in ${(load.bytesPerS / 1e6).toFixed(0)} MB/s  out ${(outBytesPerS / 1e6).toFixed(0)} MB/s  rss ${memory.rssMb.toFixed(0)} MB` +
      `  pss ${memory.pssMb.toFixed(0)} MB  peak ${memory.peakRssMb.toFixed(0)} MB  generator cores ${load.ownCpuCores.toFixed(2)}`,
    `answers ${JSON.stringify(load.statuses)}  accepted ${acceptedRequests}  in Kafka ${kafkaRecords}`,
    ...cpu.threads.slice(0, 12).map(({ name, cpuS }) => threadLine(name, cpuS / cpu.elapsedS / load.itemsPerS)),
  ]
  process.stdout.write(`${lines.join('\n')}\n\n`)
}

function threadLine(name: string, sPerItem: number): string {
  return `  ${name.padEnd(28)} ${(sPerItem * 1e6).toFixed(3)} us/item`
}

async function main({ rounds, kafka: given, settings, load }: RunArguments): Promise<void> {
  const kafka = given === undefined ? await startBenchKafka() : undefined
  const servers = kafka?.bootstrapServers ?? given!
  try {
    for (let round = 0; round < rounds; round++) printRound(await runRound(servers, { load, engine: { settings } }))
  } finally {
    await kafka?.stop()
  }
}

await main(parseRunArguments(process.argv.slice(2)))

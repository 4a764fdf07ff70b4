/** Family `process_*`: the whole process, all threads, under the names that Prometheus clients use. */
import { readdirSync, readFileSync } from 'node:fs'
import { counter, type Family, gauge, type Sample, single } from './prometheus.ts'

export function processFamilies(startedAtMs: number): readonly Family[] {
  const cpu = process.cpuUsage()
  return [
    counter(
      'process_cpu_seconds_total',
      'User and system CPU time of all threads.',
      single((cpu.user + cpu.system) / 1e6),
    ),
    gauge('process_resident_memory_bytes', 'Resident memory.', single(process.memoryUsage.rss())),
    gauge('process_start_time_seconds', 'Start of the process since the Unix epoch.', single(startedAtMs / 1000)),
    gauge('process_open_fds', 'Open file descriptors.', measured(openFiles)),
    gauge('process_max_fds', 'Limit of open file descriptors.', measured(openFilesMax)),
  ]
}

/** Linux tells these in /proc; where it is absent, so is the metric. */
function measured(measure: () => number): readonly Sample[] {
  try {
    return single(measure())
  } catch {
    return []
  }
}

/** The listing itself is open while it is read. */
function openFiles(): number {
  return readdirSync('/proc/self/fd').length - 1
}

function openFilesMax(): number {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
  if (soft === null) throw new Error('no limit of open files in /proc/self/limits')
  return soft[1] === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft[1])
}

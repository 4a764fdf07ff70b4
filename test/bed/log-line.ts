/** Reads one log line of the engine, `ts=… level=… event=… key=value …` with JSON strings where a value needs quotes. */

export type LogFields = Readonly<Record<string, string>>

export function parseLogLine(line: string): LogFields {
  const fields: Record<string, string> = {}
  for (const [, key, quoted, bare] of line.matchAll(/([\w.]+)=(?:("(?:[^"\\]|\\.)*")|(\S*))/g)) {
    fields[key] = quoted === undefined ? bare : JSON.parse(quoted)
  }
  return fields
}

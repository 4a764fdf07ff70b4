/** Makes published-schema.json from the `.proto` files in Maven's opentelemetry-proto; see README.md. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

const ARTIFACT = 'io.opentelemetry.proto:opentelemetry-proto:1.11.0-alpha'
const cache = fileURLToPath(new URL('../../.cache/opentelemetry-proto', import.meta.url))
const output = fileURLToPath(new URL('published-schema.json', import.meta.url))

mkdirSync(cache, { recursive: true })
const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.0'
const to = ['-DoutputDirectory=.', '-Dmdep.stripVersion=true']
execFileSync('mvn', ['-q', '-B', `${plugin}:copy`, `-Dartifact=${ARTIFACT}`, ...to], { cwd: cache })
execFileSync('unzip', ['-qo', 'opentelemetry-proto.jar'], { cwd: cache })

const root = new protobuf.Root()
root.resolvePath = (_origin, target) => join(cache, target)
const files = readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.proto'))
root.loadSync(files, { keepCase: true })
root.resolveAll()

const messages: Record<string, unknown> = {}
const enumerations: Record<string, unknown> = {}
/** By method: input and output. */
const services: Record<string, Record<string, readonly [string, string]>> = {}
/** Names of what each file declares. */
const contents: Record<string, string[]> = {}
collect(root)
const schema = { artifact: ARTIFACT, messages, enumerations, services, files: contents }
writeFileSync(output, `${JSON.stringify(schema, null, 1)}\n`)

function collect(scope: protobuf.NamespaceBase): void {
  for (const each of scope.nestedArray) {
    const name = each.fullName.slice(1)
    if (each instanceof protobuf.Type) messages[name] = each.fieldsArray.map(describe)
    else if (each instanceof protobuf.Enum) enumerations[name] = each.values
    else if (each instanceof protobuf.Service) services[name] = methodsOf(each)
    if (!(each instanceof protobuf.Namespace) || each instanceof protobuf.Type || each instanceof protobuf.Service) {
      const file = relative(cache, each.filename ?? '')
      contents[file] = [...(contents[file] ?? []), name]
    }
    if (each instanceof protobuf.Namespace) collect(each)
  }
}

function methodsOf(service: protobuf.Service): Record<string, readonly [string, string]> {
  return Object.fromEntries(
    service.methodsArray.map((method) => {
      method.resolve()
      const { name, resolvedRequestType, resolvedResponseType } = method
      return [name, [resolvedRequestType!.fullName.slice(1), resolvedResponseType!.fullName.slice(1)] as const]
    }),
  )
}

function describe(field: protobuf.Field): unknown {
  field.resolve()
  const isOptional = field.options?.proto3_optional === true
  return {
    number: field.id,
    name: field.name,
    type: field.resolvedType?.fullName.slice(1) ?? field.type,
    repeated: field.repeated,
    // every proto3 field counts as packed to protobufjs; only these can be
    packed: field.repeated && field.type in protobuf.types.packed,
    optional: isOptional,
    oneof: isOptional ? undefined : field.partOf?.name,
  }
}

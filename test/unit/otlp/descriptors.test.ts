/** The descriptors against the `.proto` files as published, read by protobufjs's own reader of descriptors. */
import { readFileSync } from 'node:fs'
import protobuf from 'protobufjs'
import descriptor from 'protobufjs/ext/descriptor.js'
import { describe, expect, it } from 'vitest'
import { descriptorFiles, SERVICES } from '../../../src/otlp/descriptors.ts'

interface PublishedField {
  readonly number: number
  readonly name: string
  readonly type: string
  readonly repeated: boolean
  readonly optional: boolean
  readonly oneof?: string
}

interface Published {
  readonly messages: Readonly<Record<string, readonly PublishedField[]>>
  readonly enumerations: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly files: Readonly<Record<string, readonly string[]>>
  readonly services: Readonly<Record<string, Readonly<Record<string, readonly [input: string, output: string]>>>>
}

const corpus = new URL('../../corpus/published-schema.json', import.meta.url)
const published = JSON.parse(readFileSync(corpus, 'utf8')) as Published

const files = descriptorFiles()
const byName = new Map(files.map((file) => [file.name, file]))

interface FileProto {
  readonly syntax: string
  readonly package: string
  readonly dependency: readonly string[]
  readonly messageType: readonly { name: string }[]
}
const decoded = (bytes: Uint8Array): FileProto => {
  const type = descriptor.FileDescriptorProto
  return type.toObject(type.decode(bytes), { arrays: true }) as FileProto
}

/** What a client makes of all files together. */
const set = descriptor.FileDescriptorSet.fromObject({ file: files.map(({ bytes }) => decoded(bytes)) })
const root = protobuf.Root.fromDescriptor(set as unknown as Uint8Array, { keepCase: true })
root.resolveAll()

function fieldOf(field: protobuf.Field): PublishedField {
  field.resolve()
  const optional = field.options?.proto3_optional === true
  const oneof = optional || field.partOf === null ? {} : { oneof: field.partOf.name }
  const type = field.resolvedType?.fullName.slice(1) ?? field.type
  return { number: field.id, name: field.name, type, repeated: field.repeated, optional, ...oneof }
}

const byNumber = (left: PublishedField, right: PublishedField): number => left.number - right.number
const names = (prefix: string): string[] =>
  files.flatMap(({ symbols }) => symbols).filter((symbol) => symbol.startsWith(prefix))

describe('the files of OTLP', () => {
  const ours = files.filter(({ name }) => name.startsWith('opentelemetry/'))

  it('have the names as published, and declare there what the published ones do', () => {
    for (const { name, symbols } of ours) expect(published.files[name]).toEqual(expect.arrayContaining(types(symbols)))
    const services = Object.keys(published.files).filter((name) => name.endsWith('_service.proto'))
    expect(ours.map(({ name }) => name)).toEqual(expect.arrayContaining(services))
  })

  it.each(names('opentelemetry.').filter((name) => published.messages[name] !== undefined))(
    'have the published fields of %s',
    (name) => {
      const theirs = published.messages[name]!.map(({ number, name: own, type, repeated, optional, oneof }) => {
        return { number, name: own, type, repeated, optional, ...(oneof === undefined ? {} : { oneof }) }
      })
      expect(root.lookupType(name).fieldsArray.map(fieldOf).sort(byNumber)).toEqual(theirs.sort(byNumber))
    },
  )

  it('have the published enums', () => {
    const enumerations = names('opentelemetry.').filter((name) => published.enumerations[name] !== undefined)
    expect(enumerations).toHaveLength(4)
    for (const name of enumerations) expect(root.lookupEnum(name).values).toEqual(published.enumerations[name])
  })

  it('have the published services', () => {
    const otlp = SERVICES.filter(({ name }) => name.startsWith('opentelemetry.'))
    const methods = otlp.map(({ name, methods }) => [
      name,
      Object.fromEntries(methods.map((method) => [method.name, [method.input, method.output]])),
    ])
    expect(Object.fromEntries(methods)).toEqual(published.services)
  })
})

function types(symbols: readonly string[]): string[] {
  return symbols.filter(
    (symbol) => published.messages[symbol] ?? published.enumerations[symbol] ?? published.services[symbol],
  )
}

describe('every file', () => {
  it.each(files.map(({ name }) => name))('%s can be read alone, and names what it imports', (name) => {
    const { bytes, dependencies } = byName.get(name)!
    const file = decoded(bytes)
    expect([file.syntax, name.startsWith(file.package.replaceAll('.', '/'))]).toEqual(['proto3', true])
    expect(file.dependency).toEqual(dependencies)
    for (const dependency of dependencies) expect(byName.has(dependency)).toBe(true)
  })

  it('is the only one that declares a symbol', () => {
    const symbols = files.flatMap((file) => file.symbols)
    expect(new Set(symbols).size).toBe(symbols.length)
  })

  it('has the methods of its services with their streams', () => {
    const service = root.lookupService('grpc.health.v1.Health')
    const streams = service.methodsArray.map((method) => [method.name, method.responseStream ?? false])
    expect(streams).toEqual([
      ['Check', false],
      ['List', false],
      ['Watch', true],
    ])
    const info = root.lookupService('grpc.reflection.v1alpha.ServerReflection').methods.ServerReflectionInfo!
    expect([info.requestStream, info.responseStream]).toEqual([true, true])
  })

  it('writes a map as a map', () => {
    expect(root.lookupType('grpc.health.v1.HealthListResponse').fields.statuses).toBeInstanceOf(protobuf.MapField)
  })
})

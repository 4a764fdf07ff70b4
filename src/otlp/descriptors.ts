/**
 * The `.proto` files behind the gRPC services, as FileDescriptorProto: what server reflection hands out. Made from the
 * schema tables; a package is one file, under the name its project gives it.
 */
import descriptor from 'protobufjs/ext/descriptor.js'
import {
  ENUMERATIONS,
  type Enumeration,
  type Field,
  MESSAGES,
  type Message,
  REQUEST_MESSAGES,
  RESPONSE_MESSAGES,
} from './schema.ts'
import { GRPC_ENUMERATIONS, GRPC_MESSAGES, GRPC_SERVICES, HEALTH_LIST_ENTRY, type Service } from './schema-grpc.ts'
import { SIGNAL_FACTS } from './signal.ts'

export interface DescriptorFile {
  /** As in an import: `opentelemetry/proto/trace/v1/trace.proto`. */
  readonly name: string
  /** Names of the files it imports. */
  readonly dependencies: readonly string[]
  /** Full names of all it declares: messages, fields, enums, services, methods. */
  readonly symbols: readonly string[]
  /** google.protobuf.FileDescriptorProto */
  readonly bytes: Uint8Array
}

/** The four Export services and those beside them. */
export const SERVICES: readonly Service[] = [
  ...SIGNAL_FACTS.map(({ grpcPath, index }) => {
    const [, name = '', method = ''] = grpcPath.split('/')
    return { name, methods: [{ name: method, input: REQUEST_MESSAGES[index]!, output: RESPONSE_MESSAGES[index]! }] }
  }),
  ...GRPC_SERVICES,
]

const ALL_MESSAGES = [...MESSAGES.filter(({ name }) => name.startsWith('opentelemetry.')), ...GRPC_MESSAGES]
const ALL_ENUMERATIONS = [...ENUMERATIONS, ...GRPC_ENUMERATIONS]

export function descriptorFiles(): DescriptorFile[] {
  const packages = new Set([...ALL_MESSAGES, ...SERVICES].map(({ name }) => packageOf(name)))
  return [...packages].map(fileOf)
}

function fileOf(packageName: string): DescriptorFile {
  const isOurs = ({ name }: { readonly name: string }): boolean => packageOf(name) === packageName
  const messages = ALL_MESSAGES.filter(isOurs)
  const services = SERVICES.filter(isOurs)
  const name = fileNameOf(packageName)
  const dependencies = dependenciesOf(messages, services).filter((each) => each !== name)
  const file = descriptor.FileDescriptorProto.fromObject({
    name,
    package: packageName,
    dependency: dependencies,
    ...declaredIn(packageName),
    service: services.map(serviceOf),
    syntax: 'proto3',
  })
  const bytes = descriptor.FileDescriptorProto.encode(file).finish()
  return { name, dependencies, symbols: symbolsOf(messages, ALL_ENUMERATIONS.filter(isOurs), services), bytes }
}

/** `grpc.health.v1` of `grpc.health.v1.HealthCheckResponse.ServingStatus`: only types begin with a capital letter. */
function packageOf(name: string): string {
  const parts = name.split('.')
  return parts
    .slice(
      0,
      parts.findIndex((part) => /^[A-Z]/.test(part)),
    )
    .join('.')
}

function fileNameOf(packageName: string): string {
  const parts = packageName.split('.')
  const topic = parts.at(-2)!
  return `${parts.join('/')}/${topic}${parts.includes('collector') ? '_service' : ''}.proto`
}

function dependenciesOf(messages: readonly Message[], services: readonly Service[]): string[] {
  const types = [
    ...messages.flatMap(({ fields }) => fields.flatMap(({ message, enumeration }) => message ?? enumeration ?? [])),
    ...services.flatMap(({ methods }) => methods.flatMap(({ input, output }) => [input, output])),
  ]
  return [...new Set(types.map((type) => fileNameOf(packageOf(type))))]
}

function symbolsOf(messages: readonly Message[], enumerations: readonly Enumeration[], services: readonly Service[]) {
  return [
    ...messages.flatMap(({ name, fields }) => [name, ...fields.map(({ protoName }) => `${name}.${protoName}`)]),
    ...enumerations.map(({ name }) => name),
    ...services.flatMap(({ name, methods }) => [name, ...methods.map((method) => `${name}.${method.name}`)]),
  ]
}

function splitName(name: string): [scope: string, ownName: string] {
  const dot = name.lastIndexOf('.')
  return [name.slice(0, dot), name.slice(dot + 1)]
}

/** The types directly in a package or a message. */
function declaredIn(scope: string): { messageType: descriptor.IDescriptorProto[]; enumType: object[] } {
  const isHere = ({ name }: { readonly name: string }): boolean => splitName(name)[0] === scope
  return {
    messageType: ALL_MESSAGES.filter(isHere).map(messageOf),
    enumType: ALL_ENUMERATIONS.filter(isHere).map(({ name, values }) => ({
      name: splitName(name)[1],
      value: Object.entries(values).map(([valueName, number]) => ({ name: valueName, number })),
    })),
  }
}

function messageOf({ name, fields }: Message): descriptor.IDescriptorProto {
  // Oneofs of one member that stand for proto3 `optional` come after all others.
  const declared = fields.flatMap(({ oneof }) => oneof ?? [])
  const oneofs = [...new Set([...declared, ...fields.filter(({ optional }) => optional).map(optionalOneof)])]
  const { messageType, enumType } = declaredIn(name)
  return {
    name: splitName(name)[1],
    field: fields.map((field) => fieldOf(field, oneofs)),
    oneofDecl: oneofs.map((oneof) => ({ name: oneof })),
    nestedType: messageType,
    enumType,
    ...(name === HEALTH_LIST_ENTRY ? { options: { mapEntry: true } } : {}),
  }
}

function optionalOneof({ protoName }: Field): string {
  return `_${protoName}`
}

function fieldOf(field: Field, oneofs: readonly string[]): descriptor.IFieldDescriptorProto {
  const { protoName, number, type, repeated, message, enumeration, optional, name } = field
  const typeName = message ?? enumeration
  const oneof = optional ? optionalOneof(field) : field.oneof
  return {
    name: protoName,
    number,
    label: repeated ? 'LABEL_REPEATED' : 'LABEL_OPTIONAL',
    type: `TYPE_${type.toUpperCase()}`,
    jsonName: name,
    ...(typeName === undefined ? {} : { typeName: `.${typeName}` }),
    ...(oneof === undefined ? {} : { oneofIndex: oneofs.indexOf(oneof) }),
    ...(optional ? { proto3Optional: true } : {}),
  } as unknown as descriptor.IFieldDescriptorProto // fromObject takes enum values by name, which the types do not know
}

function serviceOf({ name, methods }: Service): object {
  return {
    name: splitName(name)[1],
    method: methods.map(({ name: methodName, input, output, isClientStream, isServerStream }) => ({
      name: methodName,
      inputType: `.${input}`,
      outputType: `.${output}`,
      ...(isClientStream ? { clientStreaming: true } : {}),
      ...(isServerStream ? { serverStreaming: true } : {}),
    })),
  }
}

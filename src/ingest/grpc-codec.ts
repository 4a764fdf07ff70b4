/** Messages of the services beside Export, as plain objects. Made at the first call: most threads never see one. */
import type { Type } from 'protobufjs'
import { createProtobufRoot } from '../otlp/protobufjs-types.ts'
import { GRPC_ENUMERATIONS, GRPC_MESSAGES, type Service } from '../otlp/schema-grpc.ts'
import type { MethodDefinition } from './grpc-js.ts'

let root: ReturnType<typeof createProtobufRoot> | undefined

function typeNamed(name: string): Type {
  root ??= createProtobufRoot(GRPC_MESSAGES, GRPC_ENUMERATIONS)
  return root.lookupType(name)
}

export function encode(name: string, message: object): Buffer {
  const type = typeNamed(name)
  return Buffer.from(type.encode(type.fromObject(message)).finish())
}

/** @throws for what is not protobuf. An absent field has its default; of a oneof only the member that is set is there. */
export function decode(name: string, bytes: Uint8Array): object {
  const type = typeNamed(name)
  return type.toObject(type.decode(bytes), { defaults: true })
}

export function pathOf(service: Service, methodName: string): string {
  return `/${service.name}/${methodName}`
}

/** By method name, as grpc-js wants it. */
export function definitionOf(service: Service): Record<string, MethodDefinition<object, object>> {
  return Object.fromEntries(
    service.methods.map(({ name, input, output, isClientStream = false, isServerStream = false }) => [
      name,
      {
        path: pathOf(service, name),
        requestStream: isClientStream,
        responseStream: isServerStream,
        requestSerialize: (message) => encode(input, message),
        requestDeserialize: (bytes) => decode(input, bytes),
        responseSerialize: (message) => encode(output, message),
        responseDeserialize: (bytes) => decode(output, bytes),
      } satisfies MethodDefinition<object, object>,
    ]),
  )
}

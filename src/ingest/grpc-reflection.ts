/** grpc.reflection.v1 and v1alpha: what is served here, and the `.proto` files of it. Made at the first question. */
import { type DescriptorFile, descriptorFiles, SERVICES } from '../otlp/descriptors.ts'
import { REFLECTION_SERVICES } from '../otlp/schema-grpc.ts'
import { definitionOf } from './grpc-codec.ts'
import { type Server, type ServerDuplexStream, status, type UntypedServiceImplementation } from './grpc-js.ts'

/** Only the member that was asked for is there. */
export interface ReflectionRequest {
  readonly host?: string
  readonly fileByFilename?: string
  readonly fileContainingSymbol?: string
  readonly fileContainingExtension?: { readonly containingType: string }
  readonly allExtensionNumbersOfType?: string
  readonly listServices?: string
}

interface Index {
  readonly byName: ReadonlyMap<string, DescriptorFile>
  readonly bySymbol: ReadonlyMap<string, DescriptorFile>
}

let index: Index | undefined

function fileIndex(): Index {
  if (index !== undefined) return index
  const files = descriptorFiles()
  index = {
    byName: new Map(files.map((file) => [file.name, file])),
    bySymbol: new Map(files.flatMap((file) => file.symbols.map((symbol) => [symbol, file]))),
  }
  return index
}

/** The member of the response's oneof that answers the request. */
export function reflectionAnswer(request: ReflectionRequest): object {
  const { byName, bySymbol } = fileIndex()
  const { fileByFilename, fileContainingSymbol, allExtensionNumbersOfType, listServices } = request
  if (listServices !== undefined) return { listServicesResponse: { service: SERVICES.map(({ name }) => ({ name })) } }
  if (fileByFilename !== undefined) return fileAnswer(byName.get(fileByFilename))
  if (fileContainingSymbol !== undefined) return fileAnswer(bySymbol.get(withoutDot(fileContainingSymbol)))
  if (allExtensionNumbersOfType !== undefined) {
    const type = withoutDot(allExtensionNumbersOfType)
    return bySymbol.has(type) ? { allExtensionNumbersResponse: { baseTypeName: type } } : notFound()
  }
  // No message of OTLP or of these services has extensions.
  if (request.fileContainingExtension !== undefined) return notFound()
  return { errorResponse: { errorCode: status.INVALID_ARGUMENT, errorMessage: 'The request asks for nothing.' } }
}

function withoutDot(name: string): string {
  return name.startsWith('.') ? name.slice(1) : name
}

function fileAnswer(file: DescriptorFile | undefined): object {
  return file === undefined ? notFound() : { fileDescriptorResponse: { fileDescriptorProto: [file.bytes] } }
}

function notFound(): object {
  return { errorResponse: { errorCode: status.NOT_FOUND, errorMessage: 'There is no such file, symbol or extension.' } }
}

type Conversation = ServerDuplexStream<ReflectionRequest, object>

/**
 * One answer to each question; a client that does not take the answers is not asked for more questions.
 *
 * @param fault told of a bug of ours, which ends the conversation with a retryable answer
 */
function converse(call: Conversation, fault: (error: unknown) => void): void {
  call.on('data', (request: ReflectionRequest) => {
    try {
      const answer = { validHost: request.host, originalRequest: request, ...reflectionAnswer(request) }
      if (!call.write(answer)) call.pause()
    } catch (error) {
      fault(error)
      call.emit('error', { code: status.UNAVAILABLE, details: 'An internal fault. Ask again later.' })
    }
  })
  call.on('drain', () => call.resume())
  call.on('end', () => call.end())
}

export function addReflection(server: Server, fault: (error: unknown) => void): void {
  const ServerReflectionInfo = (call: Conversation): void => converse(call, fault)
  for (const service of REFLECTION_SERVICES) {
    server.addService(definitionOf(service), { ServerReflectionInfo } as unknown as UntypedServiceImplementation)
  }
}

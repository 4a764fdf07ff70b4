/** The services beside Export: grpc.health.v1 and grpc.reflection v1 and v1alpha, as in grpc/grpc-proto. */
import type { Enumeration, Message } from './schema-field.ts'
import { choice, many, message, one, oneof, scalar } from './schema-field.ts'

const HEALTH = 'grpc.health.v1'

export const HEALTH_REQUEST = `${HEALTH}.HealthCheckRequest`
export const HEALTH_RESPONSE = `${HEALTH}.HealthCheckResponse`
export const HEALTH_LIST_REQUEST = `${HEALTH}.HealthListRequest`
export const HEALTH_LIST_RESPONSE = `${HEALTH}.HealthListResponse`
/** `map<string, HealthCheckResponse>` is, on the wire, many messages of a key and a value. */
export const HEALTH_LIST_ENTRY = `${HEALTH_LIST_RESPONSE}.StatusesEntry`

/** Two packages with the same content. */
export const REFLECTION_PACKAGES = ['grpc.reflection.v1', 'grpc.reflection.v1alpha'] as const
type ReflectionPackage = (typeof REFLECTION_PACKAGES)[number]

export const reflectionRequest = (name: ReflectionPackage): string => `${name}.ServerReflectionRequest`
export const reflectionResponse = (name: ReflectionPackage): string => `${name}.ServerReflectionResponse`

export const GRPC_MESSAGES: readonly Message[] = [
  message(HEALTH_REQUEST, { service: scalar(1, 'string') }),
  message(HEALTH_RESPONSE, { status: choice(1, `${HEALTH_RESPONSE}.ServingStatus`) }),
  message(HEALTH_LIST_REQUEST, {}),
  message(HEALTH_LIST_RESPONSE, { statuses: many(one(1, HEALTH_LIST_ENTRY)) }),
  message(HEALTH_LIST_ENTRY, { key: scalar(1, 'string'), value: one(2, HEALTH_RESPONSE) }),
  ...REFLECTION_PACKAGES.flatMap(reflectionMessages),
]

export interface Method {
  readonly name: string
  /** Full names of messages. */
  readonly input: string
  readonly output: string
  readonly isClientStream?: true
  readonly isServerStream?: true
}

export interface Service {
  /** Full name. */
  readonly name: string
  readonly methods: readonly Method[]
}

export const HEALTH_SERVICE: Service = {
  name: `${HEALTH}.Health`,
  methods: [
    { name: 'Check', input: HEALTH_REQUEST, output: HEALTH_RESPONSE },
    { name: 'List', input: HEALTH_LIST_REQUEST, output: HEALTH_LIST_RESPONSE },
    { name: 'Watch', input: HEALTH_REQUEST, output: HEALTH_RESPONSE, isServerStream: true },
  ],
}

export const REFLECTION_SERVICES: readonly Service[] = REFLECTION_PACKAGES.map((name) => ({
  name: `${name}.ServerReflection`,
  methods: [
    {
      name: 'ServerReflectionInfo',
      input: reflectionRequest(name),
      output: reflectionResponse(name),
      isClientStream: true,
      isServerStream: true,
    },
  ],
}))

export const GRPC_SERVICES: readonly Service[] = [HEALTH_SERVICE, ...REFLECTION_SERVICES]

export const GRPC_ENUMERATIONS: readonly Enumeration[] = [
  {
    name: `${HEALTH_RESPONSE}.ServingStatus`,
    values: { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 },
  },
]

function reflectionMessages(name: ReflectionPackage): Message[] {
  const at = (type: string): string => `${name}.${type}`
  return [
    message(reflectionRequest(name), {
      host: scalar(1, 'string'),
      ...oneof('message_request', {
        fileByFilename: scalar(3, 'string'),
        fileContainingSymbol: scalar(4, 'string'),
        fileContainingExtension: one(5, at('ExtensionRequest')),
        allExtensionNumbersOfType: scalar(6, 'string'),
        listServices: scalar(7, 'string'),
      }),
    }),
    message(at('ExtensionRequest'), { containingType: scalar(1, 'string'), extensionNumber: scalar(2, 'int32') }),
    message(reflectionResponse(name), {
      validHost: scalar(1, 'string'),
      originalRequest: one(2, reflectionRequest(name)),
      ...oneof('message_response', {
        fileDescriptorResponse: one(4, at('FileDescriptorResponse')),
        allExtensionNumbersResponse: one(5, at('ExtensionNumberResponse')),
        listServicesResponse: one(6, at('ListServiceResponse')),
        errorResponse: one(7, at('ErrorResponse')),
      }),
    }),
    message(at('FileDescriptorResponse'), { fileDescriptorProto: many(scalar(1, 'bytes')) }),
    message(at('ExtensionNumberResponse'), {
      baseTypeName: scalar(1, 'string'),
      extensionNumber: many(scalar(2, 'int32')),
    }),
    message(at('ListServiceResponse'), { service: many(one(1, at('ServiceResponse'))) }),
    message(at('ServiceResponse'), { name: scalar(1, 'string') }),
    message(at('ErrorResponse'), { errorCode: scalar(1, 'int32'), errorMessage: scalar(2, 'string') }),
  ]
}

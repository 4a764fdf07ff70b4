/** The one door to @grpc/grpc-js: what this stage uses of it, and the options of its server that are set always. */
import { Server } from '@grpc/grpc-js'

export type {
  ConnectionInjector,
  ServerUnaryCall,
  StatusObject,
  sendUnaryData,
  UntypedServiceImplementation,
} from '@grpc/grpc-js'
export { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js'

export interface ServerLimits {
  readonly requestBytesMax: number
  readonly concurrentStreamsMax: number
}

export function createGrpcServer(limits: ServerLimits): Server {
  return new Server({
    'grpc.max_receive_message_length': limits.requestBytesMax,
    'grpc.max_concurrent_streams': limits.concurrentStreamsMax,
    // Bookkeeping per call and session that nobody reads here.
    'grpc.enable_channelz': 0,
  })
}

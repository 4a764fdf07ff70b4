/** The one door to @grpc/grpc-js: what this stage uses of it, and the options of its server that are set always. */
import { logVerbosity, Server, setLogVerbosity } from '@grpc/grpc-js'
import { KIB, MIB } from '../base/units.ts'
import type { GrpcConnections } from './thread-init.ts'

export type {
  ConnectionInjector,
  MethodDefinition,
  ServerDuplexStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
  UntypedServiceImplementation,
} from '@grpc/grpc-js'
export { Server, ServerCredentials, status } from '@grpc/grpc-js'

/** grpc-js prints what clients sent, as they sent it. */
setLogVerbosity(logVerbosity.NONE)

/** Export messages are not read by grpc-js; those of the other services are a few names. */
const MESSAGE_BYTES_MAX = 64 * KIB
/**
 * What nghttp2 and Node hold for one connection: streams, their headers, frames that the client does not read. A thousand
 * calls with 8 KiB of headers each stay far below. What calls send is not counted here but in the arena.
 */
const SESSION_BYTES_MAX = 64 * MIB

export function createGrpcServer(limits: GrpcConnections): Server {
  const { connectionAgeMsMax, connectionGraceMs } = limits
  const age = {
    'grpc.max_connection_age_ms': connectionAgeMsMax,
    'grpc.max_connection_age_grace_ms': connectionGraceMs,
  }
  return new Server({
    'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
    'grpc.max_concurrent_streams': limits.concurrentStreamsMax,
    'grpc-node.max_session_memory': SESSION_BYTES_MAX / 1e6,
    'grpc.keepalive_time_ms': limits.keepaliveTimeMs,
    'grpc.keepalive_timeout_ms': limits.keepaliveTimeoutMs,
    ...(connectionAgeMsMax > 0 ? age : {}),
    // Bookkeeping per call and session that nobody reads here.
    'grpc.enable_channelz': 0,
  })
}

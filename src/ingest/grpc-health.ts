/**
 * grpc.health.v1: whether an Export call would be taken, as readiness says it. All services are in one state, that of the
 * engine; watchers hear of a change at the next duty cycle.
 */
import { HEALTH_SERVICE } from '../otlp/schema-grpc.ts'
import { SIGNAL_FACTS } from '../otlp/signal.ts'
import { definitionOf } from './grpc-codec.ts'
import {
  type Server,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from './grpc-js.ts'

const SERVING_STATUS = { SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } as const

/** '' is the server as a whole. */
const SERVICE_NAMES = ['', ...SIGNAL_FACTS.map(({ grpcPath }) => grpcPath.split('/')[1]!)]

interface HealthCheckRequest {
  readonly service: string
}
type Watcher = ServerWritableStream<HealthCheckRequest, object>

export class GrpcHealth {
  readonly #isServing: () => boolean
  readonly #watchers = new Set<Watcher>()
  #wasServing: boolean

  constructor(isServing: () => boolean) {
    this.#isServing = isServing
    this.#wasServing = isServing()
  }

  addTo(server: Server): void {
    const methods = {
      Check: (call: ServerUnaryCall<HealthCheckRequest, object>, respond: sendUnaryData<object>) => {
        if (SERVICE_NAMES.includes(call.request.service)) respond(null, this.#answer())
        else respond({ code: status.NOT_FOUND, details: 'There is no such service here.' })
      },
      List: (_: ServerUnaryCall<object, object>, respond: sendUnaryData<object>) => {
        respond(null, { statuses: SERVICE_NAMES.map((key) => ({ key, value: this.#answer() })) })
      },
      Watch: (call: Watcher) => this.#watch(call),
    }
    server.addService(definitionOf(HEALTH_SERVICE), methods as unknown as UntypedServiceImplementation)
  }

  #watch(call: Watcher): void {
    if (!SERVICE_NAMES.includes(call.request.service)) {
      // Such a service may come later, says the protocol; here none does.
      call.write({ status: SERVING_STATUS.SERVICE_UNKNOWN })
      return
    }
    this.#watchers.add(call)
    call.once('cancelled', () => this.#watchers.delete(call))
    call.write(this.#answer())
  }

  /** Tells the watchers of a change. */
  cycle(): void {
    const isServing = this.#isServing()
    if (isServing === this.#wasServing) return
    this.#wasServing = isServing
    for (const call of this.#watchers) call.write(this.#answer())
  }

  #answer(): object {
    return { status: this.#isServing() ? SERVING_STATUS.SERVING : SERVING_STATUS.NOT_SERVING }
  }
}

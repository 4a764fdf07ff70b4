/** How a request came in; stored in its entry of the request table. */
export const PROTOCOL = { HTTP: 0, GRPC: 1 } as const

/** The one door to uWebSockets.js: what this stage uses of it. */
import { App } from 'uWebSockets.js'

export type { HttpRequest, HttpResponse, TemplatedApp, us_listen_socket } from 'uWebSockets.js'
export { us_listen_socket_close } from 'uWebSockets.js'

/** An app without TLS. */
export const createApp = (): ReturnType<typeof App> => App()

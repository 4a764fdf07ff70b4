// Preloaded into an engine (NODE_OPTIONS=--import ...): storing a body that holds the mark throws, as a bug of ours would.
// In every thread, over both protocols: both store bodies with Buffer.copy.
const MARK = 'fault-of-ours'
const copy = Buffer.prototype.copy

Buffer.prototype.copy = function (...args) {
  if (this.includes(MARK)) throw new TypeError('a bug, for the test')
  return copy.apply(this, args)
}

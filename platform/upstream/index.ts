export { BodyCut, NoAnswer } from './no-answer.ts'
export { Upstream } from './upstream.ts'
export { upstreamMetrics } from './upstream-metrics.ts'
export { type UpstreamRequest, type UpstreamResponse } from './upstream-request.ts'

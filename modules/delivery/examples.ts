export const trackingExample = {
  method: 'courier',
  status: 'out_for_delivery',
  timeline: [
    { status: 'pending', at: '2026-11-21T06:46:13.630Z' },
    { status: 'handed_over', at: '2026-11-21T08:10:00.000Z' },
    { status: 'out_for_delivery', at: '2026-11-21T08:25:41.118Z' },
  ],
}

/** placeholder replaced below */
export type Saga = Readonly<{ type: string }>

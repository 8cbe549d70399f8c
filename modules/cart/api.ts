/** What other modules may ask the cart. */
export type CartApi = Readonly<{
  /** What lies in a person's cart, oldest first. */
  linesOf: (user_id: string) => Promise<readonly Readonly<{ variant_id: string; quantity: number }>[]>
}>

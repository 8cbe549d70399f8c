/** Buyers do not find products in deeper categories. */
export const maxDepth = 8

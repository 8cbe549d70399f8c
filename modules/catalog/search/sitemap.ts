/** A file of the sitemap ends with this product, and the next one begins. Two addresses of each make some 300 kB of XML. */
export const productsOfFullFile = 400

/**
 * The products that one request reads. The rest above a full file is for products with an earlier time of creation than the
 * file had when it was full: demo products, and those of a process whose clock is late.
 */
export const maxProductsOfFile = 500

// oxfmt-ignore
const latin: Readonly<Record<string, string>> = {
  а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', е: 'e', ё: 'yo', ж: 'zh', з: 'z', и: 'i', й: 'y', к: 'k', л: 'l', м: 'm',
  н: 'n', о: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u', ф: 'f', х: 'h', ц: 'ts', ч: 'ch', ш: 'sh', щ: 'sch', ъ: '',
  ы: 'y', ь: '', э: 'e', ю: 'yu', я: 'ya',
}

const maxSlugLength = 80

/** A name as it stands in an address: `Те Гуань Инь` is `te-guan-in`. Empty when no letter of it has a spelling. */
export function slugOf(name: string): string {
  const spelled = Array.from(name.toLowerCase(), (letter) => latin[letter] ?? letter).join('')
  return spelled
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f'’]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, maxSlugLength)
    .replaceAll(/^-+|-+$/g, '')
}

/** An SKU has up to 60 characters; the last ten distinguish the variants of a product. */
const maxStemLength = 50

/** The beginning of the SKUs of a product whose staff gave none. */
export function skuStem(slug: string, product_id: string): string {
  const stem = slug.length <= maxStemLength ? slug : `${slug.slice(0, maxStemLength - 7)}-${product_id.slice(-6)}`
  return stem.toUpperCase()
}

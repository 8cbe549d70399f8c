// oxfmt-ignore
const latin: Readonly<Record<string, string>> = {
  а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', е: 'e', ё: 'yo', ж: 'zh', з: 'z', и: 'i', й: 'y', к: 'k', л: 'l', м: 'm',
  н: 'n', о: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u', ф: 'f', х: 'h', ц: 'ts', ч: 'ch', ш: 'sh', щ: 'sch', ъ: '',
  ы: 'y', ь: '', э: 'e', ю: 'yu', я: 'ya',
}

const longest = 80

/** A name as it stands in an address: `Те Гуань Инь` is `te-guan-in`. Empty when nothing of it can be spelled. */
export function slugOf(name: string): string {
  const spelled = Array.from(name.toLowerCase(), (letter) => latin[letter] ?? letter).join('')
  return spelled
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f'’]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, longest)
    .replaceAll(/^-+|-+$/g, '')
}

/** Room is left, up to the 60 letters of an article number, for what tells the variants of a product apart. */
const longestStem = 50

/** What the article numbers of a product begin with where staff give none. */
export function skuStem(slug: string, product_id: string): string {
  const stem = slug.length <= longestStem ? slug : `${slug.slice(0, longestStem - 7)}-${product_id.slice(-6)}`
  return stem.toUpperCase()
}

export type DemoWare = Readonly<{
  slug: string
  ru: string
  en: string
  description: readonly [ru: string, en: string]
  material: string
  volume: number
  palette?: string
  handmade?: boolean
  price: number
  compare_at_price?: number
  stock: number
  grams: number
  tags?: readonly string[]
}>

// oxfmt-ignore
export const wares: readonly DemoWare[] = [
  { slug: 'gaivan-belaya', ru: 'Гайвань белая, 110 мл', en: 'White gaiwan, 110 ml', material: 'porcelain', volume: 110, palette: '#f7f3ea', price: 145_000, stock: 40, grams: 220, tags: ['beginner', 'best'], description: ['Крышка, чаша, блюдце — и больше для чая ничего не нужно. Тонкий цзиндэчжэньский фарфор быстро отдаёт тепло и не держит запаха.', 'A lid, a bowl, a saucer: tea needs nothing more. Thin Jingdezhen porcelain cools fast and keeps no smell.'] },
  { slug: 'chainik-si-shi', ru: 'Чайник «Си Ши», 150 мл', en: 'Xi Shi pot, 150 ml', material: 'clay', volume: 150, palette: '#8a4b32', handmade: true, price: 590_000, stock: 8, grams: 180, tags: ['rare'], description: ['Круглый исинский чайник из чжу ни, рука мастера Вана. Заведите его для одного вида чая: глина запоминает.', 'A round Yixing pot of zhu ni clay by master Wang. Keep it for one kind of tea: the clay remembers.'] },
  { slug: 'chashka-kobalt', ru: 'Чашка с кобальтом, 60 мл', en: 'Cobalt cup, 60 ml', material: 'porcelain', volume: 60, palette: '#24418e', handmade: true, price: 98_000, stock: 34, grams: 70, description: ['Сосна и журавль, нарисованные одной кистью за минуту. Двух одинаковых нет, и это видно.', 'A pine and a crane, painted with one brush in a minute. No two are alike, and it shows.'] },
  { slug: 'piala-belaya', ru: 'Пиала «Белый лист», 80 мл', en: 'White Leaf bowl, 80 ml', material: 'porcelain', volume: 80, palette: '#f4efe6', price: 45_000, compare_at_price: 56_000, stock: 60, grams: 65, description: ['Простая пиала, в которой виден настоящий цвет чая. Берите сразу четыре: гости приходят без предупреждения.', 'A plain bowl that shows the true colour of tea. Take four at once: guests come unannounced.'] },
  { slug: 'chahai-steklo', ru: 'Чахай стеклянный, 250 мл', en: 'Glass pitcher, 250 ml', material: 'glass', volume: 250, price: 89_000, stock: 25, grams: 160, description: ['«Чаша справедливости»: сливаете в неё чай, и у всех он одной крепости. Жаропрочное стекло, носик не капает.', 'The fairness cup: pour the tea in, and everyone gets the same strength. Heatproof glass, and the spout does not drip.'] },
  { slug: 'kruzhka-pechnaya', ru: 'Кружка «Печная», 320 мл', en: 'Wood-fired mug, 320 ml', material: 'ceramic', volume: 320, palette: '#6f5a45', handmade: true, price: 172_000, stock: 17, grams: 380, tags: ['new'], description: ['Обжиг в дровяной печи трое суток: глазурь ложится как захочет. Для тех, кто пьёт чай большими глотками.', 'Three days in a wood kiln, and the glaze falls as it pleases. For those who drink in large gulps.'] },
  { slug: 'chaban-bambuk', ru: 'Чабань бамбуковая', en: 'Bamboo tea tray', material: 'wood', volume: 600, palette: '#c39a5f', price: 340_000, stock: 11, grams: 1900, description: ['Столик с поддоном: лейте мимо, сколько хотите. Вмещает шестьсот миллилитров и встаёт на любой подоконник.', 'A tray with a tank: spill as you please. It holds six hundred millilitres and fits any windowsill.'] },
]

/** A product whose first variant is the component: of a tea the smallest pack. */
type Component = Readonly<{ slug: string; quantity: number; substitutes: readonly string[] }>

/** Price in kopecks; a size without a price costs the sum over its components. */
type Size = Readonly<{ ru: string; en: string; price?: number; components: readonly Component[] }>

export type DemoBouquet = Readonly<{
  slug: string
  ru: string
  en: string
  description: readonly [ru: string, en: string]
  type: 'bouquet' | 'gift'
  palette: string
  occasion: string[]
  tags?: readonly string[]
  sizes: readonly Size[]
}>

const of = (slug: string, quantity: number, ...substitutes: string[]): Component => ({ slug, quantity, substitutes })

// oxfmt-ignore
export const bouquets: readonly DemoBouquet[] = [
  {
    slug: 'dvadtsat-odna-roza', ru: 'Букет «Двадцать одна роза»', en: 'Twenty-one Roses', type: 'bouquet', palette: '#b3202c', occasion: ['love', 'birthday'], tags: ['best'],
    description: ['Красные розы и ничего больше: когда слова уже сказаны или никак не находятся. Стебли шестьдесят сантиметров, лента в цвет.', 'Red roses and nothing else: for when the words are said or cannot be found. Stems of sixty centimetres, a ribbon to match.'],
    sizes: [
      { ru: '21 роза', en: '21 roses', price: 549_000, components: [of('roza-red-naomi', 21)] },
      { ru: '51 роза', en: '51 roses', price: 1_290_000, components: [of('roza-red-naomi', 51)] },
    ],
  },
  {
    slug: 'pervoe-utro', ru: 'Букет «Первое утро»', en: 'First Morning', type: 'bouquet', palette: '#f3b08d', occasion: ['wedding', 'birthday'], tags: ['new'],
    description: ['Персиковые розы Juliet, ранункулюсы и эвкалипт: цвет неба в пять утра в июне. Если эвкалипт кончится, возьмём рускус и скажем вам.', 'Juliet roses, ranunculus and eucalyptus: the sky at five on a June morning. Without eucalyptus we use ruscus and let the buyer know.'],
    sizes: [
      { ru: 'средний', en: 'medium', components: [of('roza-juliet', 5), of('ranunkulyus-elegance', 7), of('evkalipt-cinerea', 3, 'ruskus')] },
      { ru: 'большой', en: 'large', components: [of('roza-juliet', 9), of('ranunkulyus-elegance', 11), of('evkalipt-cinerea', 5, 'ruskus')] },
    ],
  },
  {
    slug: 'oblako', ru: 'Букет «Облако»', en: 'Cloud', type: 'bouquet', palette: '#8fa9d6', occasion: ['home', 'birthday'],
    description: ['Три голубые гортензии, гипсофила и немного воздуха. Большой и почти невесомый: доставщики его любят.', 'Three blue hydrangeas, gypsophila and a little air. Large and nearly weightless: couriers love it.'],
    sizes: [{ ru: '', en: '', price: 269_000, components: [of('gortenziya-verena', 3), of('gipsofila', 5)] }],
  },
  {
    slug: 'dacha', ru: 'Букет «Дача»', en: 'Dacha', type: 'bouquet', palette: '#eda6b6', occasion: ['home', 'thanks'], tags: ['seasonal'],
    description: ['Пионы и лаванда, будто их только что нарезали у крыльца. Соберём нарочно неровно.', 'Peonies and lavender, as if just cut by the porch. We make it uneven on purpose.'],
    sizes: [{ ru: '', en: '', components: [of('pion-sarah-bernhardt', 7, 'roza-juliet'), of('lavanda', 9), of('ruskus', 3, 'evkalipt-cinerea')] }],
  },
  {
    slug: 'solnechnyi-den', ru: 'Букет «Солнечный день»', en: 'Sunny Day', type: 'bouquet', palette: '#f2c230', occasion: ['colleague', 'thanks', 'birthday'], tags: ['beginner'],
    description: ['Пятнадцать жёлтых тюльпанов в крафтовой бумаге. Коллеге, учительнице, соседке снизу — всем, кому хочется улыбнуться.', 'Fifteen yellow tulips in brown paper. For a colleague, a teacher or the neighbour downstairs.'],
    sizes: [
      { ru: '15 тюльпанов', en: '15 tulips', price: 165_000, components: [of('tulpan-strong-gold', 15)] },
      { ru: '25 тюльпанов', en: '25 tulips', price: 265_000, components: [of('tulpan-strong-gold', 25)] },
    ],
  },
  {
    slug: 'nochnoi-ekspress', ru: 'Букет «Ночной экспресс»', en: 'Night Express', type: 'bouquet', palette: '#4b3559', occasion: ['sorry', 'love'],
    description: ['Тёмные тюльпаны и белые розы: чёрное окно вагона и огни за ним. Просит прощения лучше любых слов.', 'Dark tulips and white roses: a black train window and the lights behind it. It says sorry better than words.'],
    sizes: [{ ru: '', en: '', components: [of('tulpan-queen-of-night', 9), of('roza-avalanche', 5), of('evkalipt-cinerea', 2, 'ruskus')] }],
  },
  {
    slug: 'snezhnaya-koroleva', ru: 'Букет «Снежная королева»', en: 'Snow Queen', type: 'bouquet', palette: '#f7f3ea', occasion: ['wedding'], tags: ['rare'],
    description: ['Белые розы, хризантемы и гипсофила, без единого зелёного листа. Стоит долго и не боится мороза по пути.', 'White roses, chrysanthemums and gypsophila without a single green leaf. It lasts, and the frost on the way does not hurt it.'],
    sizes: [{ ru: '', en: '', components: [of('roza-avalanche', 11), of('hrizantema-magnum', 5), of('gipsofila', 4)] }],
  },
  {
    slug: 'korobka-pervoe-znakomstvo', ru: 'Набор «Первое знакомство»', en: 'First Acquaintance set', type: 'gift', palette: '#6b4a35', occasion: ['birthday', 'colleague'], tags: ['best', 'beginner'],
    description: ['Четыре чая по пятьдесят граммов и фарфоровая гайвань: всё, чтобы понять, какой чай ваш. Внутри карточка, как что заваривать.', 'Four teas of fifty grams and a porcelain gaiwan: all you need to find out which tea is yours. A card inside says how to brew each.'],
    sizes: [{ ru: '', en: '', price: 419_000, components: [of('te-guan-in', 1), of('dian-hun', 1), of('shu-puer-men-hai', 1), of('bai-mu-dan', 1), of('gaivan-belaya', 1)] }],
  },
  {
    slug: 'korobka-dlya-dvoih', ru: 'Набор «Вечер на двоих»', en: 'Evening for Two set', type: 'gift', palette: '#7a1f2b', occasion: ['love', 'home'], tags: ['evening'],
    description: ['Травяной сбор, пуэр в мандарине и две чашки с кобальтом. Музыку выберите сами.', 'A herbal blend, pu-erh in a mandarin and two cobalt cups. The music is up to you.'],
    sizes: [{ ru: '', en: '', components: [of('sbor-na-noch', 1), of('puer-v-mandarine', 1), of('chashka-kobalt', 2, 'piala-belaya')] }],
  },
  {
    slug: 'korobka-chai-i-tsvety', ru: 'Набор «Чай и цветы»', en: 'Tea and Flowers', type: 'gift', palette: '#eda6b6', occasion: ['birthday', 'thanks', 'love'], tags: ['new'],
    description: ['Три розовых пиона, лаванда и пятьдесят граммов Бай Му Дань, который сам пахнет лугом. Приедет в одной коробке, цветы в воде.', 'Three pink peonies, lavender and fifty grams of Bai Mu Dan, which smells of meadows itself. In one box, the flowers in water.'],
    sizes: [{ ru: '', en: '', components: [of('pion-sarah-bernhardt', 3, 'roza-juliet'), of('lavanda', 5), of('bai-mu-dan', 1)] }],
  },
]

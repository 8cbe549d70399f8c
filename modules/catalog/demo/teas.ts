/** Steep times in seconds, one for each infusion. */
type Brew = Readonly<{ grams: number; ml: number; celsius: number; steeps: readonly number[] }>

export type DemoTea = Readonly<{
  slug: string
  ru: string
  en: string
  description: readonly [ru: string, en: string]
  kind: 'oolong' | 'puerh' | 'green' | 'black' | 'white' | 'herbal'
  taste: string[]
  origin: string
  year: number
  roast: number
  caffeine: 'none' | 'low' | 'medium' | 'high'
  organic?: boolean
  /** Kopecks for 50 g. */
  price: number
  stock: readonly [number, number, number]
  tags?: readonly string[]
  gongfu?: Brew
  cup: Brew
}>

const gongfu = (grams: number, celsius: number, ...steeps: number[]): Brew => ({ grams, ml: 100, celsius, steeps })
const cup = (grams: number, celsius: number, ...steeps: number[]): Brew => ({ grams, ml: 300, celsius, steeps })

// oxfmt-ignore
export const teas: readonly DemoTea[] = [
  {
    slug: 'te-guan-in', ru: 'Те Гуань Инь «Осенний»', en: 'Tie Guan Yin, autumn picking', kind: 'oolong', taste: ['floral', 'milk'], origin: '安溪 Anxi', year: 2026, roast: 1, caffeine: 'medium', price: 62_000, stock: [40, 25, 10], tags: ['best', 'beginner'],
    description: ['Светлый улун из Аньси с запахом сирени и первого снега. Осенний сбор ароматнее весеннего: ночи в горах холодные, лист растёт медленно. Держит до восьми проливов и не горчит, даже если про него забыть.', 'A light oolong from Anxi that smells of lilac and first snow. The autumn picking is more fragrant than spring: nights are cold, the leaf grows slowly. It gives eight infusions and forgives being forgotten.'],
    gongfu: gongfu(7, 95, 15, 15, 20, 25, 35, 50, 70), cup: cup(4, 90, 180, 240),
  },
  {
    slug: 'da-hun-pao', ru: 'Да Хун Пао', en: 'Da Hong Pao', kind: 'oolong', taste: ['nut', 'spice', 'fruit'], origin: '武夷 Wuyi', year: 2025, roast: 4, caffeine: 'high', price: 89_000, stock: [30, 18, 6], tags: ['best'],
    description: ['Утёсный улун, прогретый на углях плодовых деревьев. В чашке — печёный каштан, корица и мокрый камень после дождя. Чай для долгого разговора: раскрывается к четвёртому проливу.', 'A cliff oolong roasted over fruitwood charcoal. In the cup there are chestnuts, cinnamon and wet stone after rain. A tea for long talks: it opens up at the fourth infusion.'],
    gongfu: gongfu(8, 98, 8, 8, 10, 15, 20, 30, 45, 60), cup: cup(4, 95, 150, 210),
  },
  {
    slug: 'dun-din', ru: 'Дун Дин', en: 'Dong Ding', kind: 'oolong', taste: ['nut', 'honey', 'milk'], origin: '鹿谷 Lugu, Taiwan', year: 2026, roast: 3, caffeine: 'medium', price: 98_000, stock: [20, 12, 4], tags: ['new'],
    description: ['Тайваньский улун с горы Морозный Пик, скрученный в тугие шарики. Средний прогрев даёт вкус грильяжа и топлёных сливок. Хорош и горячим, и остывшим.', 'A Taiwanese oolong from Frozen Summit, rolled into tight pearls. A medium roast gives brittle and baked cream. Good hot and good cold.'],
    gongfu: gongfu(7, 95, 25, 20, 25, 30, 40, 60), cup: cup(4, 92, 180, 240),
  },
  {
    slug: 'dun-fan-mei-zhen', ru: 'Дун Фан Мэй Жэнь', en: 'Oriental Beauty', kind: 'oolong', taste: ['honey', 'fruit'], origin: '北埔 Beipu, Taiwan', year: 2026, roast: 2, caffeine: 'medium', organic: true, price: 145_000, stock: [12, 6, 2], tags: ['rare'],
    description: ['«Восточная красавица»: лист сначала надкусывают цикадки, и от этого он пахнет мёдом и мускатом. Удобрений и ядов на таких участках нет — иначе не будет цикадок. Собирают раз в году, в июне.', 'Leafhoppers bite the leaf first, which is why it smells of honey and muscat. No sprays on such plots, or there would be no leafhoppers. Picked once a year, in June.'],
    gongfu: gongfu(6, 88, 20, 20, 30, 40, 60), cup: cup(3, 85, 180, 240),
  },
  {
    slug: 'feng-huan-dan-tsun', ru: 'Фэн Хуан Дань Цун «Медовая орхидея»', en: 'Phoenix Dancong, honey orchid', kind: 'oolong', taste: ['floral', 'honey', 'fruit'], origin: '潮州 Chaozhou', year: 2026, roast: 3, caffeine: 'high', price: 120_000, stock: [16, 8, 3],
    description: ['Улун с одиночных кустов горы Феникса. Аромат личи и орхидеи слышен уже от сухого листа. Любит короткие проливы: передержите — ответит приятной горчинкой.', 'An oolong from single bushes of Phoenix mountain. You smell lychee and orchid in the dry leaf already. It likes short infusions; linger, and it answers with a pleasant bitterness.'],
    gongfu: gongfu(7, 95, 5, 7, 10, 12, 18, 25, 40), cup: cup(3, 92, 90, 150),
  },
  {
    slug: 'shu-puer-men-hai', ru: 'Шу пуэр Мэнхай', en: 'Ripe pu-erh, Menghai', kind: 'puerh', taste: ['earth', 'bread', 'nut'], origin: '勐海 Menghai', year: 2019, roast: 0, caffeine: 'high', price: 48_000, stock: [60, 40, 20], tags: ['beginner', 'best'],
    description: ['Плотный тёмный чай с запахом орехового дерева и ржаной корки. Семь лет в сухом складе убрали из него всё лишнее. Бодрит ровно и греет, как плед.', 'A dense dark tea of walnut wood and rye crust. Seven years of dry storage took away all that was too much. It wakes you evenly and warms like a blanket.'],
    gongfu: gongfu(8, 100, 10, 10, 12, 15, 20, 30, 45, 60), cup: cup(4, 98, 150, 200, 300),
  },
  {
    slug: 'shen-puer-i-u', ru: 'Шэн пуэр Иу', en: 'Raw pu-erh, Yiwu', kind: 'puerh', taste: ['fruit', 'honey', 'grass'], origin: '易武 Yiwu', year: 2021, roast: 0, caffeine: 'high', organic: true, price: 76_000, stock: [24, 14, 8],
    description: ['Материал со старых деревьев Иу: мягкий, с сушёной грушей и луговым мёдом. Пять лет выдержки сняли резкость, сладость осталась. Дальше будет только лучше — можно отложить.', 'Leaf from old trees of Yiwu: soft, with dried pear and meadow honey. Five years took the edge off and left the sweetness. It will only improve, so you may lay it by.'],
    gongfu: gongfu(7, 95, 8, 8, 10, 12, 18, 25, 40, 60), cup: cup(3, 92, 120, 180),
  },
  {
    slug: 'puer-v-mandarine', ru: 'Пуэр в мандарине', en: 'Pu-erh in a mandarin', kind: 'puerh', taste: ['citrus', 'earth', 'spice'], origin: '新会 Xinhui', year: 2024, roast: 0, caffeine: 'medium', price: 55_000, stock: [35, 20, 10], tags: ['evening', 'seasonal'],
    description: ['Шу пуэр, который два года пролежал внутри высушенного зелёного мандарина. Корка отдаёт эфирные масла, чай — густоту. Один плод — один чайник на компанию.', 'Ripe pu-erh that spent two years inside a dried green mandarin. The peel gives its oils, the tea its body. One fruit makes one pot for company.'],
    gongfu: gongfu(9, 100, 15, 12, 15, 20, 30, 45), cup: cup(5, 98, 180, 240),
  },
  {
    slug: 'lun-tszin', ru: 'Лун Цзин «Колодец дракона»', en: 'Long Jing, Dragon Well', kind: 'green', taste: ['nut', 'grass'], origin: '杭州 Hangzhou', year: 2026, roast: 1, caffeine: 'medium', price: 110_000, stock: [22, 12, 5], tags: ['best', 'seasonal'],
    description: ['Плоские листочки, которые прижимают ладонью к горячему котлу. Вкус тыквенных семечек и молодого горошка. Собран до праздника Цинмин, пока почка не раскрылась.', 'Flat leaves, pressed by hand against a hot wok. It tastes of pumpkin seeds and young peas. Picked before Qingming, while the bud was closed.'],
    gongfu: gongfu(4, 80, 30, 30, 45, 60), cup: cup(3, 80, 120, 150, 200),
  },
  {
    slug: 'bi-lo-chun', ru: 'Би Ло Чунь', en: 'Bi Luo Chun', kind: 'green', taste: ['fruit', 'floral', 'grass'], origin: '洞庭 Dongting', year: 2026, roast: 0, caffeine: 'medium', price: 95_000, stock: [18, 10, 4],
    description: ['Спиральки весны: кусты растут между абрикосами и сливами и впитывают их запах. Настой светлый, пушистый от ворсинок, сладкий. Не заливайте кипятком — обидится.', 'Snails of spring: the bushes grow among apricots and plums and take their scent. The liquor is pale, downy and sweet. No boiling water, or it sulks.'],
    gongfu: gongfu(4, 75, 25, 25, 35, 50), cup: cup(3, 78, 120, 150),
  },
  {
    slug: 'sencha', ru: 'Сэнча Фукамуши', en: 'Fukamushi sencha', kind: 'green', taste: ['grass', 'milk'], origin: '静岡 Shizuoka', year: 2026, roast: 0, caffeine: 'medium', price: 83_000, stock: [26, 15, 6],
    description: ['Японский чай глубокой пропарки: изумрудный, густой, с запахом моря и скошенной травы. Заваривается быстро, за сорок секунд. Второй пролив — сразу, без ожидания.', 'Deep-steamed Japanese tea: emerald, thick, of sea and mown grass. It brews in forty seconds. Pour the second infusion at once, without waiting.'],
    gongfu: gongfu(5, 70, 40, 5, 20), cup: cup(4, 75, 60, 20, 60),
  },
  {
    slug: 'dian-hun', ru: 'Дянь Хун «Золотые почки»', en: 'Dian Hong, golden buds', kind: 'black', taste: ['honey', 'bread', 'fruit'], origin: '凤庆 Fengqing', year: 2026, roast: 2, caffeine: 'high', price: 67_000, stock: [45, 28, 12], tags: ['best', 'beginner'],
    description: ['Юньнаньский красный чай почти из одних почек. Мёд, чернослив, корочка свежего батона. Самый простой способ полюбить китайский чай.', 'Yunnan black tea made of buds almost entirely. Honey, prunes, the crust of a fresh loaf. The easiest way to fall for Chinese tea.'],
    gongfu: gongfu(6, 92, 8, 10, 12, 18, 25, 40), cup: cup(3, 92, 150, 200),
  },
  {
    slug: 'lapsan-suchon', ru: 'Сяо Чжун «Лапсанг Сушонг»', en: 'Lapsang Souchong', kind: 'black', taste: ['smoke', 'fruit'], origin: '桐木 Tongmu', year: 2025, roast: 3, caffeine: 'medium', price: 58_000, stock: [30, 16, 8], tags: ['evening'],
    description: ['Чай, который сушили над тлеющей сосной: запах костра и копчёного чернослива. Хорош к сыру, мясу и дождю за окном. Дыма ровно столько, чтобы захотеть ещё.', 'Tea dried over smouldering pine: campfire and smoked prunes. Good with cheese, with meat and with rain outside. Just enough smoke to want more.'],
    gongfu: gongfu(6, 95, 8, 10, 12, 20, 30), cup: cup(3, 95, 150, 210),
  },
  {
    slug: 'bai-mu-dan', ru: 'Бай Му Дань «Белый пион»', en: 'Bai Mu Dan, white peony', kind: 'white', taste: ['floral', 'honey', 'grass'], origin: '福鼎 Fuding', year: 2026, roast: 0, caffeine: 'low', organic: true, price: 64_000, stock: [28, 15, 7], tags: ['beginner'],
    description: ['Почка и два листа, подвяленные на солнце, — и больше ничего. Сено, полевые цветы, чуть-чуть дыни. Ему не страшен кипяток и долгое настаивание.', 'A bud and two leaves, withered in the sun, and nothing else. Hay, wild flowers, a hint of melon. It fears neither boiling water nor long steeping.'],
    gongfu: gongfu(5, 90, 20, 20, 30, 40, 60, 90), cup: cup(4, 90, 240, 300),
  },
  {
    slug: 'shou-mei', ru: 'Шоу Мэй, выдержка 8 лет', en: 'Shou Mei, aged eight years', kind: 'white', taste: ['honey', 'fruit', 'spice'], origin: '福鼎 Fuding', year: 2018, roast: 0, caffeine: 'low', price: 88_000, stock: [14, 9, 4], tags: ['rare', 'evening'],
    description: ['Белый чай, который за восемь лет потемнел и стал похож на компот из фиников. Его можно варить на огне, как это делают в Фудине зимой. Первый год — чай, третий — лекарство, седьмой — сокровище, говорят там.', 'White tea that darkened in eight years and now tastes like stewed dates. You may boil it, as they do in Fuding in winter. One year a tea, three years a medicine, seven years a treasure, they say.'],
    gongfu: gongfu(6, 98, 15, 15, 20, 30, 45, 60), cup: cup(4, 98, 300, 420),
  },
  {
    slug: 'ivan-chai', ru: 'Иван-чай ферментированный', en: 'Fermented fireweed', kind: 'herbal', taste: ['honey', 'berry'], origin: 'Вологда', year: 2026, roast: 1, caffeine: 'none', organic: true, price: 32_000, stock: [50, 30, 15], tags: ['evening'],
    description: ['Кипрей с вологодских вырубок, скрученный и томлёный в печи. Пахнет вишнёвой косточкой и липовым мёдом. Без кофеина: пейте хоть в полночь.', 'Fireweed from Vologda clearings, rolled and stewed in an oven. It smells of cherry stones and linden honey. No caffeine: drink it at midnight.'],
    cup: cup(4, 95, 420),
  },
  {
    slug: 'sbor-na-noch', ru: 'Сбор «Тихий вечер»', en: 'Quiet Evening blend', kind: 'herbal', taste: ['mint', 'floral', 'honey'], origin: 'Алтай', year: 2026, roast: 0, caffeine: 'none', price: 29_000, stock: [55, 35, 18], tags: ['evening', 'new'],
    description: ['Мята, ромашка, липа и немного чабреца с алтайских лугов. Собираем сами, сушим в тени. После чашки не хочется спорить.', 'Mint, camomile, linden and a little thyme from Altai meadows. We pick it ourselves and dry it in the shade. After a cup nobody feels like arguing.'],
    cup: cup(4, 95, 480),
  },
]

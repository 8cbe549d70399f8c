import type { AttributeKind, UiHint } from '../taxonomy/schema.ts'

type Value = readonly [code: string, ru: string, en: string, color?: string]

type DemoAttribute = Readonly<{
  code: string
  ru: string
  en: string
  kind: AttributeKind
  ui_hint: UiHint
  unit?: readonly [ru: string, en: string]
  is_filter?: boolean
  values?: readonly Value[]
}>

// oxfmt-ignore
export const attributes: readonly DemoAttribute[] = [
  {
    code: 'tea_kind', ru: 'Вид чая', en: 'Kind of tea', kind: 'enum', ui_hint: 'radio', is_filter: true,
    values: [['oolong', 'Улун', 'Oolong'], ['puerh', 'Пуэр', 'Pu-erh'], ['green', 'Зелёный', 'Green'], ['black', 'Красный (чёрный)', 'Black'], ['white', 'Белый', 'White'], ['herbal', 'Травяной', 'Herbal']],
  },
  {
    code: 'taste', ru: 'Вкус', en: 'Taste', kind: 'multi_enum', ui_hint: 'chips', is_filter: true,
    values: [['floral', 'цветочный', 'floral'], ['honey', 'медовый', 'honey'], ['fruit', 'фруктовый', 'fruity'], ['berry', 'ягодный', 'berry'], ['nut', 'ореховый', 'nutty'], ['bread', 'хлебный', 'bready'], ['smoke', 'дымный', 'smoky'], ['spice', 'пряный', 'spicy'], ['earth', 'землистый', 'earthy'], ['grass', 'травянистый', 'grassy'], ['milk', 'сливочный', 'creamy'], ['mint', 'мятный', 'minty'], ['citrus', 'цитрусовый', 'citrus']],
  },
  { code: 'origin', ru: 'Откуда', en: 'Origin', kind: 'text', ui_hint: 'text' },
  { code: 'harvest_year', ru: 'Год сбора', en: 'Harvest year', kind: 'number', ui_hint: 'slider', is_filter: true },
  { code: 'roast', ru: 'Прогрев', en: 'Roast', kind: 'number', ui_hint: 'scale', unit: ['из 5', 'of 5'], is_filter: true },
  {
    code: 'caffeine', ru: 'Бодрость', en: 'Caffeine', kind: 'enum', ui_hint: 'radio', is_filter: true,
    values: [['none', 'без кофеина', 'none'], ['low', 'мягкая', 'low'], ['medium', 'средняя', 'medium'], ['high', 'сильная', 'high']],
  },
  { code: 'water', ru: 'Температура воды', en: 'Water temperature', kind: 'range', ui_hint: 'scale', unit: ['°C', '°C'] },
  { code: 'organic', ru: 'Без удобрений', en: 'Organic', kind: 'bool', ui_hint: 'toggle', is_filter: true },
  {
    code: 'flower_type', ru: 'Цветок', en: 'Flower', kind: 'enum', ui_hint: 'chips', is_filter: true,
    values: [['rose', 'Роза', 'Rose'], ['peony', 'Пион', 'Peony'], ['tulip', 'Тюльпан', 'Tulip'], ['hydrangea', 'Гортензия', 'Hydrangea'], ['ranunculus', 'Ранункулюс', 'Ranunculus'], ['chrysanthemum', 'Хризантема', 'Chrysanthemum'], ['lavender', 'Лаванда', 'Lavender'], ['eucalyptus', 'Эвкалипт', 'Eucalyptus'], ['ruscus', 'Рускус', 'Ruscus'], ['gypsophila', 'Гипсофила', 'Gypsophila']],
  },
  {
    code: 'bloom', ru: 'Цвет', en: 'Colour', kind: 'enum', ui_hint: 'swatch', is_filter: true,
    values: [['red', 'красный', 'red', '#b3202c'], ['white', 'белый', 'white', '#f7f3ea'], ['pink', 'розовый', 'pink', '#eda6b6'], ['yellow', 'жёлтый', 'yellow', '#f2c230'], ['peach', 'персиковый', 'peach', '#f3b08d'], ['blue', 'голубой', 'blue', '#8fa9d6'], ['violet', 'лиловый', 'violet', '#9a7fc0'], ['green', 'зелёный', 'green', '#6f8f68']],
  },
  { code: 'height', ru: 'Высота', en: 'Height', kind: 'number', ui_hint: 'slider', unit: ['см', 'cm'], is_filter: true },
  { code: 'vase_life', ru: 'Стоит в вазе', en: 'Vase life', kind: 'range', ui_hint: 'scale', unit: ['дней', 'days'], is_filter: true },
  { code: 'fragrant', ru: 'Пахнет', en: 'Fragrant', kind: 'bool', ui_hint: 'toggle', is_filter: true },
  {
    code: 'occasion', ru: 'Повод', en: 'Occasion', kind: 'multi_enum', ui_hint: 'chips', is_filter: true,
    values: [['birthday', 'день рождения', 'birthday'], ['wedding', 'свадьба', 'wedding'], ['thanks', 'спасибо', 'thank you'], ['sorry', 'извини', 'sorry'], ['love', 'люблю', 'love'], ['home', 'просто домой', 'just for home'], ['colleague', 'коллеге', 'for a colleague']],
  },
  { code: 'palette', ru: 'Главный цвет', en: 'Main colour', kind: 'color', ui_hint: 'swatch' },
  {
    code: 'material', ru: 'Материал', en: 'Material', kind: 'enum', ui_hint: 'radio', is_filter: true,
    values: [['porcelain', 'фарфор', 'porcelain'], ['clay', 'исинская глина', 'Yixing clay'], ['glass', 'стекло', 'glass'], ['ceramic', 'керамика', 'ceramic'], ['wood', 'дерево', 'wood']],
  },
  { code: 'volume', ru: 'Объём', en: 'Volume', kind: 'number', ui_hint: 'slider', unit: ['мл', 'ml'], is_filter: true },
  { code: 'handmade', ru: 'Ручная работа', en: 'Handmade', kind: 'bool', ui_hint: 'toggle', is_filter: true },
]

// oxfmt-ignore
export const types = [
  { code: 'tea', plural: 'teas', ru: 'Чай', en: 'Tea', attributes: ['tea_kind', 'taste', 'origin', 'harvest_year', 'roast', 'caffeine', 'water', 'organic'] },
  { code: 'flower', plural: 'flowers', ru: 'Цветок', en: 'Flower', attributes: ['flower_type', 'bloom', 'height', 'vase_life', 'fragrant'] },
  { code: 'bouquet', plural: 'bouquets', ru: 'Букет', en: 'Bouquet', attributes: ['occasion', 'palette'] },
  { code: 'ware', plural: 'wares', ru: 'Посуда', en: 'Teaware', attributes: ['material', 'volume', 'palette', 'handmade'] },
  { code: 'gift', plural: 'gifts', ru: 'Подарок', en: 'Gift', attributes: ['occasion', 'palette'] },
]

type DemoCategory = Readonly<{
  slug: string
  parent?: string
  ru: string
  en: string
  description: readonly [ru: string, en: string]
}>

// oxfmt-ignore
export const categories: readonly DemoCategory[] = [
  { slug: 'tea', ru: 'Чай', en: 'Tea', description: ['Листовой чай с небольших плантаций, свежего сбора и выдержанный.', 'Loose leaf from small gardens, fresh and aged.'] },
  { slug: 'oolongs', parent: 'tea', ru: 'Улуны', en: 'Oolongs', description: ['Между зелёным и красным: от сирени до печёных яблок.', 'Between green and black: from lilac to baked apples.'] },
  { slug: 'pu-erh', parent: 'tea', ru: 'Пуэры', en: 'Pu-erh', description: ['Чай, который с годами становится только интереснее.', 'Tea that only gets more interesting with the years.'] },
  { slug: 'green-tea', parent: 'tea', ru: 'Зелёный чай', en: 'Green tea', description: ['Весенние сборы Китая и Японии.', 'Spring pickings of China and Japan.'] },
  { slug: 'black-tea', parent: 'tea', ru: 'Красный чай', en: 'Black tea', description: ['Тёплый, медовый, с хлебной корочкой.', 'Warm, with honey and a crust of bread.'] },
  { slug: 'white-tea', parent: 'tea', ru: 'Белый чай', en: 'White tea', description: ['Почки и молодые листья, которые просто подвялили.', 'Buds and young leaves, merely withered.'] },
  { slug: 'herbal', parent: 'tea', ru: 'Травы и сборы', en: 'Herbs and blends', description: ['Без кофеина: на вечер и для детей.', 'No caffeine: for evenings and for children.'] },
  { slug: 'flowers', ru: 'Цветы', en: 'Flowers', description: ['Поштучно: соберите букет сами.', 'By the stem: make a bouquet yourself.'] },
  { slug: 'stems', parent: 'flowers', ru: 'Срезанные цветы', en: 'Cut flowers', description: ['Приезжают по вторникам и пятницам.', 'They arrive on Tuesdays and Fridays.'] },
  { slug: 'greenery', parent: 'flowers', ru: 'Зелень', en: 'Greenery', description: ['То, без чего букет — просто пучок.', 'What makes a bouquet of a bunch.'] },
  { slug: 'bouquets', ru: 'Букеты', en: 'Bouquets', description: ['Собираем утром в день доставки.', 'Made in the morning of the delivery.'] },
  { slug: 'teaware', ru: 'Посуда', en: 'Teaware', description: ['Чашки, гайвани и чайники на каждый день.', 'Cups, gaiwans and pots for every day.'] },
  { slug: 'gifts', ru: 'Подарки', en: 'Gifts', description: ['Готовые наборы в коробке с лентой.', 'Ready sets in a box with a ribbon.'] },
]

// oxfmt-ignore
export const tags = [
  { slug: 'new', ru: 'Новинка', en: 'New' },
  { slug: 'best', ru: 'Любимое', en: 'Favourite' },
  { slug: 'beginner', ru: 'Для начала', en: 'For a start' },
  { slug: 'rare', ru: 'Редкое', en: 'Rare' },
  { slug: 'evening', ru: 'На вечер', en: 'For the evening' },
  { slug: 'seasonal', ru: 'По сезону', en: 'In season' },
]

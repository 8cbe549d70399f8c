export type DemoFlower = Readonly<{
  slug: string
  ru: string
  en: string
  description: readonly [ru: string, en: string]
  type: string
  bloom: string
  height: number
  vase: readonly [number, number]
  fragrant?: boolean
  price: number
  stock: number
  grams: number
  tags?: readonly string[]
}>

// oxfmt-ignore
export const flowers: readonly DemoFlower[] = [
  { slug: 'roza-red-naomi', ru: 'Роза Red Naomi', en: 'Rose Red Naomi', type: 'rose', bloom: 'red', height: 60, vase: [8, 12], fragrant: true, price: 29_000, stock: 220, grams: 60, tags: ['best'], description: ['Та самая красная роза: бархатная, с высоким бокалом и лёгким запахом. Подрезайте стебель каждые два дня, и она простоит до двух недель.', 'The red rose: velvet, with a high cup and a faint scent. Cut the stem every other day and it lasts two weeks.'] },
  { slug: 'roza-avalanche', ru: 'Роза Avalanche', en: 'Rose Avalanche', type: 'rose', bloom: 'white', height: 60, vase: [9, 14], price: 27_000, stock: 180, grams: 60, description: ['Белая с зеленоватым сердцем, раскрывается медленно и широко. Невесты выбирают её чаще всех. Пахнет едва-едва.', 'White with a greenish heart, it opens slowly and wide. Brides choose it most of all. Hardly any scent.'] },
  { slug: 'roza-juliet', ru: 'Роза пионовидная Juliet', en: 'Garden rose Juliet', type: 'rose', bloom: 'peach', height: 50, vase: [6, 9], fragrant: true, price: 48_000, stock: 90, grams: 70, tags: ['rare'], description: ['Персиковая роза с сотней лепестков, за которую селекционер отдал пятнадцать лет. Пахнет чаем и абрикосом. Хороша и одна, в низкой вазе.', 'A peach rose of a hundred petals that took its breeder fifteen years. It smells of tea and apricot. Fine on its own in a low vase.'] },
  { slug: 'pion-sarah-bernhardt', ru: 'Пион Sarah Bernhardt', en: 'Peony Sarah Bernhardt', type: 'peony', bloom: 'pink', height: 50, vase: [5, 8], fragrant: true, price: 52_000, stock: 120, grams: 90, tags: ['seasonal', 'best'], description: ['Розовый пион, который знают все: приезжает тугим шариком и за день становится размером с блюдце. Запах слышно из соседней комнаты.', 'The pink peony everyone knows: it comes as a tight ball and in a day is the size of a saucer. You smell it from the next room.'] },
  { slug: 'tulpan-strong-gold', ru: 'Тюльпан Strong Gold', en: 'Tulip Strong Gold', type: 'tulip', bloom: 'yellow', height: 40, vase: [6, 9], price: 12_000, stock: 400, grams: 30, tags: ['seasonal'], description: ['Солнечный тюльпан на крепком стебле. Ставьте в холодную воду, совсем немного, и не рядом с яблоками.', 'A sunny tulip on a strong stem. Give it a little cold water, and keep it away from apples.'] },
  { slug: 'tulpan-queen-of-night', ru: 'Тюльпан Queen of Night', en: 'Tulip Queen of Night', type: 'tulip', bloom: 'violet', height: 45, vase: [6, 9], price: 14_000, stock: 260, grams: 30, description: ['Почти чёрный, с лиловым отблеском на свету. В компании с белыми выглядит как ночное небо.', 'Almost black, with a violet gleam in the light. Among white ones it looks like a night sky.'] },
  { slug: 'gortenziya-verena', ru: 'Гортензия Verena', en: 'Hydrangea Verena', type: 'hydrangea', bloom: 'blue', height: 45, vase: [7, 12], price: 58_000, stock: 60, grams: 140, description: ['Голубое облако на одном стебле. Пьёт много: доливайте воду каждый день. Когда надоест, высушите головой вниз — цвет останется.', 'A blue cloud on one stem. It drinks a lot: top up the water daily. When you tire of it, dry it upside down and the colour stays.'] },
  { slug: 'ranunkulyus-elegance', ru: 'Ранункулюс Elegance', en: 'Ranunculus Elegance', type: 'ranunculus', bloom: 'peach', height: 35, vase: [7, 10], price: 19_000, stock: 150, grams: 25, tags: ['new'], description: ['Тонкие лепестки в сто слоёв, будто из папиросной бумаги. С каждым днём раскрывается шире, а не вянет.', 'A hundred layers of petals like tissue paper. Each day it opens wider instead of fading.'] },
  { slug: 'hrizantema-magnum', ru: 'Хризантема Magnum', en: 'Chrysanthemum Magnum', type: 'chrysanthemum', bloom: 'white', height: 65, vase: [14, 21], price: 21_000, stock: 110, grams: 80, description: ['Белый шар с ладонь. Стоит три недели — дольше всех в нашем холодильнике, и горький запах осени при ней.', 'A white ball the size of a palm. It lasts three weeks, longer than anything in our cooler, and brings the bitter scent of autumn.'] },
  { slug: 'lavanda', ru: 'Лаванда', en: 'Lavender', type: 'lavender', bloom: 'violet', height: 30, vase: [10, 20], fragrant: true, price: 9_000, stock: 300, grams: 12, description: ['Пучок крымской лаванды: запах лета на всю зиму. Свежую поставьте в воду, сухую положите под подушку.', 'A sprig of Crimean lavender: a summer\'s scent for the winter. Put it in water fresh, or dry under a pillow.'] },
  { slug: 'evkalipt-cinerea', ru: 'Эвкалипт Cinerea', en: 'Eucalyptus Cinerea', type: 'eucalyptus', bloom: 'green', height: 60, vase: [14, 25], fragrant: true, price: 16_000, stock: 240, grams: 50, description: ['Круглые сизые листья и запах бани. Делает любой букет дороже на вид. Сохнет красиво и не осыпается.', 'Round grey-blue leaves and the scent of a sauna. It makes any bouquet look dearer. It dries handsomely and keeps its leaves.'] },
  { slug: 'ruskus', ru: 'Рускус', en: 'Ruscus', type: 'ruscus', bloom: 'green', height: 70, vase: [14, 28], price: 11_000, stock: 320, grams: 40, description: ['Глянцевая тёмная зелень, которая держит форму букета. Переживёт любые цветы рядом с собой.', 'Glossy dark green that keeps a bouquet in shape. It outlives whatever flowers stand beside it.'] },
  { slug: 'gipsofila', ru: 'Гипсофила', en: 'Gypsophila', type: 'gypsophila', bloom: 'white', height: 55, vase: [10, 16], price: 13_000, stock: 200, grams: 35, description: ['Белая дымка между розами или большой пушистый букет сам по себе. Высыхает прямо в вазе и стоит до весны.', 'A white haze between roses, or a big fluffy bouquet by itself. It dries in the vase and keeps until spring.'] },
]

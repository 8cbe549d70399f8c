/** Adds the attributes beside the name: a flower has `flower_type` as a field. The fields of every product win. */
export const withAttributesBeside = <View extends Readonly<{ attributes: object }>>(view: View): View => ({
  ...view.attributes,
  ...view,
})

type Forms = { one: string; other: string; many?: string };

const rules = new Map<string, Intl.PluralRules>();

/** Picks the form CLDR asks for; `#` in it becomes the number, written the way the language does. */
export function plural(locale: string, count: number, forms: Forms): string {
	let rule = rules.get(locale);
	if (rule === undefined) {
		rule = new Intl.PluralRules(locale);
		rules.set(locale, rule);
	}
	const category = rule.select(count);
	const form = category === 'one' ? forms.one : category === 'many' ? (forms.many ?? forms.other) : forms.other;
	return form.replace('#', new Intl.NumberFormat(locale).format(count));
}

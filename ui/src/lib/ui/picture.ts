/** A picture sent as bare base64 becomes an address an image can show; only PNG and JPEG are let through. */
export function pictureOf(person: { picture: string | null } | null): string | null {
	const data = person?.picture ?? null;
	if (data === null || !/^[A-Za-z0-9+/]+=*$/.test(data)) return null;
	if (data.startsWith('iVBORw0KGgo')) return `data:image/png;base64,${data}`;
	return data.startsWith('/9j/') ? `data:image/jpeg;base64,${data}` : null;
}

/** Most a picture may weigh before it is even handed to the core. */
export const MAX_IMAGE_BYTES = 10 * 1024 * 1024;

/** A file as bare base64, the way pictures travel to the core. */
export function base64Of(file: Blob): Promise<string> {
	return new Promise((done) => {
		const reader = new FileReader();
		// An unreadable file becomes an empty picture, which the core refuses in words.
		reader.onerror = () => done('');
		reader.onload = () => done(String(reader.result).split(',')[1] ?? '');
		reader.readAsDataURL(file);
	});
}

const PICTURE_SIDE = 256;
const MAX_PICTURE_BASE64 = 87_380;

/** A square JPEG of at most 64 KiB for the own profile, cut from the middle; null when it is no picture. */
export async function profilePicture(file: Blob): Promise<string | null> {
	try {
		const image = await createImageBitmap(file);
		const side = Math.min(image.width, image.height);
		const canvas = document.createElement('canvas');
		canvas.width = canvas.height = PICTURE_SIDE;
		canvas.getContext('2d')?.drawImage(image, (image.width - side) / 2, (image.height - side) / 2, side, side, 0, 0, PICTURE_SIDE, PICTURE_SIDE);
		for (const quality of [0.9, 0.75, 0.5]) {
			const data = canvas.toDataURL('image/jpeg', quality).split(',')[1] ?? '';
			if (data !== '' && data.length <= MAX_PICTURE_BASE64) return data;
		}
		return null;
	} catch {
		return null;
	}
}

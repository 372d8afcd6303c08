export type JoinDraft = {
	display_name: string;
	handle: string;
	email: string;
	password: string;
	date_of_birth: string;
	country: string;
	currency: string;
	passphrase: string;
};

export const EMPTY_DRAFT: JoinDraft = { display_name: '', handle: '', email: '', password: '', date_of_birth: '', country: 'US', currency: 'USD', passphrase: '' };

/** Countries a person may say they live in. The server decides whom it serves, and says why not. */
export const COUNTRIES = [
	'AR', 'AT', 'AU', 'BE', 'BO', 'BR', 'CA', 'CH', 'CI', 'CL', 'CM', 'CN', 'CO', 'CR', 'CZ', 'DE', 'DK', 'DO', 'DZ', 'EC', 'EG', 'ES', 'FI', 'FR', 'GB', 'GR', 'GT', 'HN', 'HT', 'HU', 'ID', 'IE', 'IL', 'IN', 'IT', 'JM', 'JP', 'KE', 'KR', 'LU', 'MA', 'MX', 'MY', 'NG', 'NI', 'NL', 'NO', 'NZ', 'PA', 'PE', 'PH', 'PK', 'PL', 'PR', 'PT', 'PY', 'RO', 'SE', 'SG', 'SN', 'SV', 'TH', 'TN', 'TR', 'TW', 'UA', 'US', 'UY', 'VE', 'VN', 'ZA'
] as const;

/** True when everything asked for has been filled in; what it is worth is the server's to say. */
export function isFilled(draft: JoinDraft, withPassphrase: boolean): boolean {
	const { passphrase, ...asked } = draft;
	return Object.values(asked).every((text) => text.trim() !== '') && (!withPassphrase || passphrase !== '');
}

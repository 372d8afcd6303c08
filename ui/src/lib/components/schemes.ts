import type { Reading } from '$lib/ipc';
import type { Words } from '$lib/words';

/** Proper names of the profiles inside a standard; every other one is shown as the standard says it. */
const PROFILES: Readonly<Record<string, string>> = {
	pix: 'Pix', promptpay: 'PromptPay', paynow: 'PayNow', sgqr: 'SGQR', qris: 'QRIS', vietqr: 'VietQR', duitnow: 'DuitNow', khqr: 'KHQR', hkfps: 'FPS', qrph: 'QR Ph', bharatqr: 'BharatQR',
	'messenger-pay': 'Facebook Pay', paypal: 'PayPal', venmo: 'Venmo', cashapp: 'Cash App', zelle: 'Zelle', revolut: 'Revolut', wise: 'Wise', stripe: 'Stripe', square: 'Square', swish: 'Swish', vipps: 'Vipps', mobilepay: 'MobilePay',
	wechatpay: 'WeChat Pay', alipay: 'Alipay', kakaopay: 'KakaoPay', razorpay: 'Razorpay'
};

/** The standard of a code, in the reader's words. */
export function schemeName(reading: Reading, words: Words): string {
	const name = words.foreign.schemes[reading.scheme];
	if (reading.profile === null) return name;
	return `${name} · ${PROFILES[reading.profile] ?? reading.profile}`;
}

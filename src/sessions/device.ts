/** How long a browser is known after its last sign-in, in days; its cookie lives as long. */
export const DEVICE_DAYS = 365;

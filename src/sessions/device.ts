/** Days that a device is remembered after its last sign-in; its cookie lives as long. */
export const DEVICE_DAYS = 365;

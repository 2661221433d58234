/** The shapes of each icon by its name in `icons.txt`: SVG elements and their attributes. */
export const icons: Record<string, [string, Record<string, string>][]>;

package fringe.imagej;

import fringe.FringeArgumentException;
import ij.Macro;

/** The options of a macro's line, "model=hrtem-particles threshold=0.5 mask": the keys are the labels of the dialog. */
final class MacroOptions {
    private final String options;
    private final String bare;

    MacroOptions(String text) {
        options = text.trim() + " ";
        bare = " " + options.replaceAll("\\[[^\\]]*\\]", "[]");
    }

    String text(String key, String other) {
        return Macro.getValue(options, key, other);
    }

    double number(String key, double other) {
        String text = text(key, "");
        if (text.isEmpty()) return other;
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new FringeArgumentException(key + ": '" + text + "' is no number");
        }
    }

    /** A number that must be whole and from `least` to `most`. */
    long integer(String key, long other, long least, long most) {
        double value = number(key, other);
        if (value == Math.rint(value) && value >= least && value <= most) return (long) value;
        throw new FringeArgumentException(key + ": " + text(key, "") + " is no whole number from " + least + " to " + most);
    }

    /** Whether a word stands alone among the options, outside the brackets of another's value. */
    boolean has(String key) {
        return bare.contains(" " + key + " ");
    }

    /** The place of a word among those that a key may have. */
    static int indexOf(String key, String word, String[] words) {
        for (int i = 0; i < words.length; i++) if (words[i].equals(word)) return i;
        throw new FringeArgumentException(key + ": '" + word + "' is none of " + String.join(", ", words));
    }
}

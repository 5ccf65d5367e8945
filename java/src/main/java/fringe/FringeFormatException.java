package fringe;

/** A file is damaged or of another format. */
public class FringeFormatException extends FringeException {
    private static final long serialVersionUID = 1L;

    public FringeFormatException(String message) {
        super(message);
    }
}

package fringe;

/** A result differs from its reference. */
public class FringeMismatchException extends FringeException {
    private static final long serialVersionUID = 1L;

    public FringeMismatchException(String message) {
        super(message);
    }
}

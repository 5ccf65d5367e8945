package fringe;

/** A shared library is missing or does not fit. */
public class FringeLibraryException extends FringeException {
    private static final long serialVersionUID = 1L;

    public FringeLibraryException(String message) {
        super(message);
    }
}

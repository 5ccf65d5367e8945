package fringe;

/**
 * Something went wrong in the library. Each class of errors has its own exception below this one; the message names
 * the file, the field and both numbers that disagree.
 */
public abstract class FringeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FringeException(String message) {
        super(message);
    }
}

package fringe;

/** Memory could not be had. */
public class FringeMemoryException extends FringeException {
    private static final long serialVersionUID = 1L;

    public FringeMemoryException(String message) {
        super(message);
    }
}

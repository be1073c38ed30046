/**
 * The control file (.ctl) that lies beside the data of a MESH message (reference of feeds, "National data opt-out over MESH").
 * Only what says which message it is, and what became of it, is read.
 */
export interface MeshControl {
  readonly messageType: string | null;
  readonly from: string | null;
  readonly localId: string | null;
  readonly workflow: string | null;
  /** what became of the message, by its status record */
  readonly status: string | null;
}

/** What a text says that is a control file; null for any other. An element that is missing or empty is null. */
export function readControl(text: string): MeshControl | null {
  if (!/<(?:\w+:)?DTSControl\b/i.test(text)) return null;
  const element = (name: string) => {
    const found = new RegExp(`<(?:\\w+:)?${name}>\\s*([^<]*?)\\s*</`, 'i').exec(text)?.[1];
    return found === undefined || found === '' ? null : found;
  };
  return {
    messageType: element('MessageType'),
    from: element('From_DTS'),
    localId: element('LocalId'),
    workflow: element('WorkflowId'),
    status: element('Status'),
  };
}

/**
 * Whether a control file reports that its message was not delivered. A report that says SUCCESS confirms that a message was
 * collected; any other report is of a failure.
 */
export function isNonDelivery({ messageType, status }: MeshControl): boolean {
  return messageType?.toLowerCase() === 'report' && status?.toUpperCase() !== 'SUCCESS';
}

/** Whether a control file reports that its message was delivered. */
export function isConfirmation({ messageType, status }: MeshControl): boolean {
  return messageType?.toLowerCase() === 'report' && status?.toUpperCase() === 'SUCCESS';
}

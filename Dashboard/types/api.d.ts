// What the API sends, as far as the page reads it. `openapi.yaml` is the authority.

export type Level = "CRITICAL" | "HIGH" | "MEDIUM" | "ERROR" | "NORMAL" | "IDLE";
export type SyncStatus = "NEVER_SYNCED" | "IN_PROGRESS" | "SUCCESS" | "FAILED";
export type Role = "ADMIN" | "VIEWER";

export interface User {
  id: string;
  username: string;
  email: string;
  role: Role;
  demo?: boolean;
  isActive?: boolean;
  lastLogin?: string | null;
  createdAt?: string;
}

export interface Overview {
  campaignsToday: number;
  runningCampaigns: number;
  activeCalls: number;
  queuedCalls: number;
  completedCallsToday: number;
  remainingCalls: number;
  totalPartners: number;
  activePartners: number;
  avgUtilization: number;
  lastUpdated: string;
  freshPartners: number;
  stalePartners: number;
}

export interface Snapshot {
  campaignsToday: number;
  runningCampaigns: number;
  activeCalls: number;
  queuedCalls: number;
  completedCallsToday: number;
  voicemailCount: number;
  customerEndedCount: number;
  remainingCalls: number;
  utilizationPercent: number;
  alertLevel: Level;
  alertMessage: string | null;
  snapshotTime: string;
  dataFetchTimeMs: number;
  concurrencyLimit: number;
  isStale: boolean;
}

/** The part of a partner that the dashboard's list carries. */
export interface ListedPartner {
  id: string;
  partnerName: string;
  tenantId: number;
  concurrencyLimit: number;
  pauseNonPriorityCampaigns: boolean;
  isActive: boolean;
  lastSyncAt: string | null;
  lastSyncStatus: SyncStatus;
  lastErrorMessage: string | null;
  nextSyncAt: string | null;
}

/** One element of `GET /api/dashboard/partners`. */
export interface Entry {
  partner: ListedPartner;
  snapshot: Snapshot | null;
}

export interface PendingChange {
  field: "concurrencyLimit" | "pauseNonPriorityCampaigns";
  value: number | boolean;
  since: string;
  error: string | null;
}

export interface SSHConfig {
  enabled: boolean;
  host?: string;
  port?: number;
  username?: string;
  authMethod?: "password" | "privateKey";
  hostKeyFingerprint?: string;
}

export interface Partner extends ListedPartner {
  dbHost: string;
  dbPort: number;
  dbName: string;
  dbType: "mysql" | "postgresql" | "sqlite";
  dbUsername: string;
  dbTlsMode: "disabled" | "preferred" | "required" | "verify-full";
  sshConfig: SSHConfig;
  consecutiveFailures: number;
  alertLevel: Level | null;
  pendingChanges: PendingChange[];
  createdAt: string;
  updatedAt: string;
}

export interface ConnectionLog {
  id: string;
  operation: "test" | "sync" | "write";
  status: string;
  timestamp: string;
  responseTimeMs: number;
  errorMessage: string | null;
}

export interface Change {
  id: string;
  field: "concurrencyLimit" | "pauseNonPriorityCampaigns";
  oldValue: number | boolean | null;
  newValue: number | boolean;
  reason: string | null;
  changedBy: string;
  changedAt: string;
  syncedToPartner: boolean;
  syncedAt: string | null;
  syncError: string | null;
}

export interface TestReport {
  success: boolean;
  message: string;
  responseTimeMs: number;
  details: {
    database?: string;
    via_ssh?: boolean;
    serverVersion?: string;
    tenantScoped?: string[];
    hostKeyFingerprint?: string | null;
    warnings?: string[];
    failedStage?: string;
    stages: { stage: string; timeMs: number }[];
  };
}

export interface Alert {
  id: string;
  partnerId: string;
  partnerName: string;
  level: Level;
  message: string | null;
  openedAt: string;
  changedAt: string;
  resolvedAt: string | null;
  dismissedUntil: string | null;
  dismissedBy: string | null;
}

export interface Settings {
  refreshInterval: number;
  dataRetentionDays: number;
  alertThreshold: number;
  autoRefreshEnabled: boolean;
  queryTimeout: number;
  connectionTimeout: number;
  concurrentPartnerLimit: number;
  timeZone: string;
  criticalQueuedThreshold: number;
  criticalUtilizationThreshold: number;
  highQueuedMin: number;
}

export interface Bucket {
  min: number;
  mean: number;
  max: number;
}

export interface History {
  from: string;
  to: string;
  stepSeconds: number;
  series: ({ time: string } & Record<string, Bucket>)[];
}

export interface Count {
  total: number;
  byStatus: Record<string, number>;
}

export interface PeriodOfOne {
  success: boolean;
  error?: string;
  period: { startDate: string; endDate: string };
  calls: Count;
  submittals: Count;
}

export interface PeriodOfPartner {
  partnerId: string;
  partnerName: string;
  calls: Count;
  submittals: Count;
  error?: string;
}

export interface PeriodOfAll {
  success: boolean;
  period: { startDate: string; endDate: string };
  totalPartners: number;
  failedPartners?: number;
  aggregated: { calls: Count; submittals: Count };
  partnerBreakdown: PeriodOfPartner[];
}
